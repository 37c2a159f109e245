"""What a step's log says: where it stands, within a day or a report too, and at its end what it did."""

from datetime import UTC, datetime

import dagster as dg
import pytest

from cowrie_assets.defs import materialize
from cowrie_assets.progress import Lines
from cowrie_assets_tests.defs.conftest import Honeypot, session_events

NOON = datetime(2026, 8, 31, 12, tzinfo=UTC)


def logged(honeypot: Honeypot, result: dg.ExecuteInProcessResult, step: str) -> list[str]:
    """The lines of a step's own, without Dagster's."""
    assert result.success
    records = honeypot.instance.all_logs(result.run_id)
    return [each.user_message for each in records if each.step_key == step and each.dagster_event is None]


def test_the_last_line_of_a_step_sums_it_up(honeypot: Honeypot) -> None:
    events = session_events(NOON, "aaaaaaaaaaaa")
    honeypot.log("cowrie.json", *events, events[0])
    first = honeypot.run("ingest", "2026-08-31")
    loaded, summed = logged(honeypot, first, "days")
    assert loaded.startswith("5 lines of 1 log: 4 new events, 1 duplicate, 0 dead letters, 0 blank; ")
    assert loaded.endswith(" a second")
    assert summed.startswith("1 day, 1 session computed: 0 rows removed, ")
    assert logged(honeypot, first, "daily_report") == ["2 reports written, 2 of them changed"]
    again = honeypot.run("ingest", "2026-08-31")
    assert logged(honeypot, again, "days") == [
        "nothing new in 1 log",
        "1 day, 1 session computed: 0 rows removed, 0 written",
    ]
    assert logged(honeypot, again, "daily_report") == ["2 reports written, 0 of them changed"]


def test_progress_is_told_within_a_day_and_within_a_report(honeypot: Honeypot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(materialize, "Lines", lambda write: Lines(write, seconds_between=0))
    honeypot.log("cowrie.json", *session_events(NOON, "aaaaaaaaaaaa"))
    result = honeypot.run("ingest", "2026-08-31")
    day = "summarise: 0 of 1 days (0.0 %), 2026-08-31: session_summaries of 1 session"
    assert day in logged(honeypot, result, "days")
    lines = logged(honeypot, result, "daily_report")
    begins = "daily_report: 0 of 1 partitions (0.0 %), 2026-08-31: "
    assert f"{begins}aggregate (1 of 2), counting sessions" in lines
    assert f"{begins}hp-1 (2 of 2), choosing sessions to look at" in lines
    assert f"{begins}writing 6 files" in lines
