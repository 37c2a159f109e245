"""From logs to reports in a running `dagster dev`, launched through its GraphQL API and then by its sensors."""

import json
from typing import Any

from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.defs.recount import holds_what_the_oracle_counts
from cowrie_assets_tests.ui.conftest import DAILY, DAYS
from cowrie_assets_tests.ui.dev import Dev, wait_until


def test_a_backfill_through_graphql_gives_the_truth(filled: Dev) -> None:
    with Warehouse.open(filled.database_url) as warehouse:
        counted = holds_what_the_oracle_counts(warehouse, filled.logs)
    shown = [filled.partition_figures("raw_events", day)["events"] for day in DAYS]
    assert (sum(shown), shown[0], shown[-1]) == (counted, 0, 0)
    for asset in DAILY:
        assert filled.materialized(asset) == DAYS, asset
    assert len(list(filled.reports.glob("daily/*/aggregate.json"))) == len(DAYS)
    assert filled.failed_checks() == []


def test_lines_that_arrive_late_go_by_the_sensors_to_their_day_week_and_month(filled: Dev) -> None:
    late = {
        "eventid": "cowrie.login.failed",
        "session": "abcdefabcdef",
        "sensor": "hp-fra-01",
        "src_ip": "192.0.2.99",
        "username": "late",
        "password": "late",
        "timestamp": "2026-08-29T11:00:00.000000Z",
    }
    before = json.loads((filled.reports / "daily" / "2026-08-29" / "aggregate.json").read_text())
    with (filled.logs / "hp-fra-01" / "cowrie.json").open("a") as log:
        log.write(json.dumps(late) + "\n")
    filled.turn("new_logs", on=True)
    day = _report(filled, "daily/2026-08-29", before["sessions"]["total"] + 1)
    assert day["sessions"]["login_failures"] == before["sessions"]["login_failures"] + 1
    filled.turn("stale_reports", on=True)
    days = [json.loads((filled.reports / "daily" / key / "aggregate.json").read_text()) for key in DAYS[:5]]
    counts = [each["sessions"]["total"] for each in days]
    assert _report(filled, "weekly/2026-W35", sum(counts[:4]))["sessions"]["total"] == sum(counts[:4])
    assert _report(filled, "monthly/2026-08", sum(counts))["sessions"]["total"] == sum(counts)
    assert filled.failed_checks() == []


def _report(dev: Dev, report: str, sessions: int) -> dict[str, Any]:
    """A report once it counts as many sessions."""
    path = dev.reports / report / "aggregate.json"

    def written() -> dict[str, Any] | None:
        document: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {"sessions": {"total": 0}}
        return document if document["sessions"]["total"] >= sessions else None

    found: dict[str, Any] = wait_until(written, 120, lambda: f"{path} has no {sessions} sessions: {dev.last_words()}")
    return found
