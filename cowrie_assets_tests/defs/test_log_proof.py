"""The nightly job that reads each closed log once against its whole content."""

from datetime import UTC, datetime

from cowrie_assets.operations.log_proof import unproved_logs
from cowrie_assets.settings import Settings
from cowrie_assets_tests.defs.conftest import Honeypot, session_events

START = datetime(2026, 8, 30, 12, tzinfo=UTC)


def test_a_log_read_in_pieces_is_proved_by_the_job(honeypot: Honeypot) -> None:
    live = honeypot.log("cowrie.json", *session_events(START, "000000000001"))
    assert honeypot.run("ingest", "2026-08-30").success
    honeypot.log("cowrie.json", *session_events(START, "000000000002"))
    assert honeypot.run("ingest", "2026-08-30").success
    live.rename(live.with_name("cowrie.json.2026-08-30"))
    assert honeypot.run("ingest", "2026-08-30").success
    settings = Settings(log_root=honeypot.log_root)
    with honeypot.warehouse() as warehouse:
        assert len(unproved_logs(warehouse, settings)) == 1
        assert honeypot.execute("proof_of_logs", {}).success
        assert unproved_logs(warehouse, settings) == []
