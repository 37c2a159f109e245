"""Events of far years: the first day's and today's partition take them in, and no day between is listed for them."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from cowrie_assets.clock import today
from cowrie_assets.defs.partitions import FIRST_DAY, beyond, partition_days
from cowrie_assets.ingest.discovery import LogFile
from cowrie_assets.ingest.spans import LogSpan
from cowrie_assets.operations.backfill import backfill, periods_of
from cowrie_assets.operations.status import status
from cowrie_assets.operations.validate import validate
from cowrie_assets.reports.files import write_reports
from cowrie_assets.reports.periods import PeriodError, parse_period, period_of, periods_between
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.pending import days_with_data
from cowrie_assets_tests.defs.conftest import Honeypot, session_events

YEARS = (2, 1969, 2600, 9998)
FAR = [date(year, 5, 5) for year in YEARS]
NEAR = date(2026, 8, 31)


def at(day: date, session: str) -> list[dict]:
    """A session of a day of any year, written with four digits."""
    return [
        event | {"timestamp": f"{day:%Y}".zfill(4) + event["timestamp"][event["timestamp"].index("-") :]}
        for event in session_events(datetime(day.year, day.month, day.day, 12, tzinfo=UTC), session)
    ]


@pytest.fixture
def wild(honeypot: Honeypot) -> Honeypot:
    """One log with a session of today's time and four of far years."""
    days = [NEAR, *FAR]
    honeypot.log("cowrie.json.1", *(event for n, day in enumerate(days) for event in at(day, f"{n:012x}")))
    return honeypot


def span(*edges: date) -> LogSpan:
    ordered = tuple(sorted(edges))
    log = LogFile(Path("cowrie.json"), "hp-1", live=True)
    return LogSpan(log, ordered[0], ordered[-1], new=(ordered[0], ordered[-1]), new_edges=ordered)


def test_a_tick_asks_for_the_days_of_the_events_and_for_no_day_between(wild: Honeypot) -> None:
    asked = wild.follow("new_logs")
    assert asked == [("ingest", str(day), str(day)) for day in (FIRST_DAY, NEAR, today())]
    assert wild.follow("new_logs") == []
    with wild.warehouse() as warehouse:
        assert days_with_data(warehouse) == sorted([NEAR, *FAR])
    assert {job for job, _, _ in wild.follow("stale_reports")} == {"weekly_reports", "monthly_reports"}
    assert wild.tick("stale_reports").skip_message == "every report is up to date"


def test_status_reports_validate_and_backfill_of_far_years(wild: Honeypot) -> None:
    settings = Settings(log_root=wild.log_root, report_dir=wild.reports, first_day=today())
    with wild.warehouse() as warehouse:
        done = backfill(warehouse, settings, first=date.min, last=date.max)
        assert [period.start for period in done.periods if period.report_type == "daily"] == sorted(
            {NEAR, *FAR, today()}
        )
        assert status(warehouse).span == (FAR[0], FAR[-1])
        assert all(result.passed for result in validate(warehouse, settings))
        for day in FAR:
            for kind in ("daily", "weekly", "monthly"):
                assert write_reports(warehouse, period_of(kind, day), wild.reports)


def test_one_far_event_does_not_stretch_the_span_of_a_log() -> None:
    days = [NEAR, NEAR + timedelta(days=2)]
    near = {NEAR + timedelta(days=number) for number in range(3)}
    assert partition_days(span(*days)) == near
    assert partition_days(span(*days, date(9998, 5, 5))) == near | {today()}
    assert partition_days(span(*days, date(2, 5, 5))) == near | {FIRST_DAY}
    assert partition_days(span(date(2, 5, 5), date(9998, 5, 5))) == {FIRST_DAY, today()}


def test_however_far_a_log_reaches_it_has_no_more_days_than_there_are_partitions() -> None:
    assert len(partition_days(span(FIRST_DAY, today(), *FAR))) == (today() - FIRST_DAY).days + 1


def test_the_first_day_and_today_take_in_what_lies_beyond() -> None:
    before = (date.min, FIRST_DAY - timedelta(days=1))
    behind = (today() + timedelta(days=1), date.max)
    assert beyond([NEAR]) == []
    assert beyond([FIRST_DAY, NEAR]) == [before]
    assert beyond([FIRST_DAY, today()]) == [before, behind]


def test_a_range_of_reports_that_spans_the_calendar_is_refused_before_it_is_listed() -> None:
    with pytest.raises(PeriodError, match="at most 100 years"):
        periods_between(parse_period("daily", "0002-01-01"), parse_period("daily", "9998-01-01"))


def test_the_last_days_of_the_calendar_are_in_no_ones_way() -> None:
    assert [period.label for period in periods_of([date.max, NEAR])] == ["2026-08-31", "2026-W36", "2026-08"]
