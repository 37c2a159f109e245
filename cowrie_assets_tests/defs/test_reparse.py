"""The job that brings what is stored to today's sensors file."""

from datetime import UTC, datetime

import pytest

from cowrie_assets_tests import tables
from cowrie_assets_tests.defs.conftest import Honeypot, session_events


def test_the_job_derives_what_is_stored_anew(honeypot: Honeypot, monkeypatch: pytest.MonkeyPatch) -> None:
    honeypot.log("cowrie.json.1", *session_events(datetime(2026, 8, 31, 12, tzinfo=UTC), "a" * 12))
    assert honeypot.run("ingest", "2026-08-31").success
    sensors_file = honeypot.folder / "sensors.toml"
    sensors_file.write_text('[[sensor]]\nname = "fra"\naliases = ["hp-1"]\n')
    monkeypatch.setenv("COWRIE_SENSORS_FILE", str(sensors_file))
    assert honeypot.execute("reparse", {}).success
    with honeypot.warehouse() as warehouse:
        assert {row["sensor"] for row in tables.rows(warehouse, "session_summaries")} == {"fra"}
