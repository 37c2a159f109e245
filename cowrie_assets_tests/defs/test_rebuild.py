"""The job that makes summaries anew."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from cowrie_assets_tests import tables
from cowrie_assets_tests.defs.conftest import Honeypot, session_events


@pytest.mark.parametrize("last_day", ["2026-08-31", "2026-08-30"])
def test_the_job_rebuilds_the_days_it_is_given(honeypot: Honeypot, last_day: str) -> None:
    honeypot.log("cowrie.json.1", *session_events(datetime(2026, 8, 31, 12, tzinfo=UTC), "a" * 12))
    assert honeypot.run("ingest", "2026-08-31").success
    with honeypot.warehouse() as warehouse:
        right = tables.contents(warehouse)
        with warehouse.write() as connection:
            connection.execute(text("UPDATE session_facts SET event_count = 99"))
    config = {"ops": {"compute_anew": {"config": {"last_day": last_day}}}}
    assert honeypot.execute("rebuild_summaries", {}, config).success
    with honeypot.warehouse() as warehouse:
        assert (tables.contents(warehouse) == right) == (last_day == "2026-08-31")
