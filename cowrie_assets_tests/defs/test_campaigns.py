"""The assets `campaign_sessions` and `campaigns`, and the schedule that asks for them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
from sqlalchemy import delete

from cowrie_assets.campaigns.listing import campaigns
from cowrie_assets.warehouse.schema import rare_periods
from cowrie_assets_tests.defs.conftest import Honeypot, event

NOON = datetime(2026, 8, 31, 12, tzinfo=UTC)
COMMAND = "zukamo --install /opt/zukamo --quiet; nohup zukamo -d"


def tick(honeypot: Honeypot) -> Any:
    """Let the schedule look."""
    schedule = honeypot.definitions.get_repository_def().get_schedule_def("look_for_campaigns")
    context = dg.build_schedule_context(
        instance=honeypot.instance, scheduled_execution_time=NOON, resources=honeypot.resources
    )
    return schedule.evaluate_tick(context)


def test_campaigns_are_put_together_where_sessions_changed(honeypot: Honeypot) -> None:
    for number in range(3):
        at, session = NOON + timedelta(minutes=number), f"{number}" * 12
        honeypot.log(
            "cowrie.json",
            event(at, session, "session.connect"),
            event(at, session, "command.input", input=COMMAND),
            event(at, session, "session.closed"),
        )
    assert honeypot.run("ingest", "2026-08-31").success
    assert not tick(honeypot).skip_message
    result = honeypot.execute("put_campaigns_together", {})
    rows = {
        each.asset_key.to_user_string(): each.materialization.metadata["dagster/row_count"].value
        for each in result.get_asset_materialization_events()
    }
    assert rows == {"campaign_sessions": 3, "campaigns": 1}
    with honeypot.warehouse() as warehouse, warehouse.read() as connection:
        (found,) = campaigns(connection, most=5)
    assert found.name == "zukamo --install /opt/zukamo --quiet; nohup zukamo -d"
    assert tick(honeypot).skip_message == "no session changed since"
    with honeypot.warehouse() as warehouse, warehouse.write() as connection:
        connection.execute(delete(rare_periods))
    assert not tick(honeypot).skip_message, "nobody knows what is rare"
