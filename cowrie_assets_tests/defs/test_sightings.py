"""The sightings among the assets: what is shown of a day, and that a day which waits is asked for."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from cowrie_assets.summaries.pending import pending_days
from cowrie_assets_tests.defs.conftest import Honeypot, event, session_events
from cowrie_assets_tests.loading import ALL_DAYS_WAIT

NOON = datetime(2026, 8, 31, 12, tzinfo=UTC)


def test_a_partition_shows_how_many_values_its_day_saw(honeypot: Honeypot) -> None:
    moment = NOON + timedelta(seconds=1)
    download = event(moment, "aaaaaaaaaaaa", "session.file_download", shasum="ab" * 32, url="http://192.0.2.9/x")
    attempts = [event(moment, "aaaaaaaaaaaa", "login.failed", username="u", password=each) for each in ("one", "two")]
    honeypot.log("cowrie.json", *session_events(NOON, "aaaaaaaaaaaa"), download, *attempts)
    assert honeypot.run("ingest", "2026-08-31").success
    shown = honeypot.metadata("sightings", "2026-08-31")
    names = (
        "dagster/partition_row_count",
        "hashes",
        "urls",
        "commands",
        "passwords",
        "hassh",
        "networks",
        "techniques",
    )
    assert tuple(shown[name] for name in names) == (2 * 10, 1, 1, 1, 3, 0, 1, 2)
    assert honeypot.materialized("sightings") == {"2026-08-31"}


def test_days_that_wait_are_asked_for_and_get_their_sightings(honeypot: Honeypot) -> None:
    honeypot.log("cowrie.json.2026-08-31", *session_events(NOON, "aaaaaaaaaaaa"))
    assert honeypot.run("ingest", "2026-08-31").success
    with honeypot.warehouse() as warehouse, warehouse.write() as connection:
        connection.execute(text("DELETE FROM sightings"))
        connection.execute(text(ALL_DAYS_WAIT))
    assert honeypot.follow("new_logs") == [("ingest", "2026-08-31", "2026-08-31")]
    with honeypot.warehouse() as warehouse:
        assert pending_days(warehouse) == []
    assert honeypot.follow("new_logs") == []


def test_a_run_that_leaves_them_out_leaves_no_report_without_its_news(honeypot: Honeypot) -> None:
    honeypot.log("cowrie.json", *session_events(NOON, "aaaaaaaaaaaa"))
    others = ("raw_events", "session_summaries", "command_stats", "login_stats", "files", "daily_report")
    honeypot.execute("ingest", {"dagster/partition": "2026-08-31"}, asset_selection=others)
    assert honeypot.materialized("sightings") == set()
    document = honeypot.report("daily", "2026-08-31")
    assert document["complete"]
    assert document["new"]["passwords"]["total"] == 1
