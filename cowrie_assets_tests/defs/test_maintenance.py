"""The weekly housekeeping of the database."""

from cowrie_assets_tests.defs.conftest import Honeypot


def test_the_job_keeps_house(honeypot: Honeypot) -> None:
    honeypot.warehouse().close()
    assert honeypot.execute("warehouse_maintenance", {}).success
