"""Digests and alerts that are due: a run that sends them."""

import dagster as dg

from cowrie_assets.defs.in_work import IN_WORK
from cowrie_assets.defs.notifications import send_digests
from cowrie_assets.defs.resources import SettingsResource, WarehouseResource, configured
from cowrie_assets.defs.sensors.switched import switched_sensor
from cowrie_assets.defs.ticks import failing_in_one_line
from cowrie_assets.notifications.dispatch import Dispatch
from cowrie_assets.notifications.settings import CHANNEL_VARIABLES, OFF


@switched_sensor(
    CHANNEL_VARIABLES,
    job_name=send_digests.name,
    minimum_interval_seconds=60,
    description=(
        "Asks for a run that sends what is due: the digest of a day, week or month whose report is complete, and "
        "alerts of failed runs and checks. What was not taken is asked for again ever later, up to every 15 minutes."
    ),
)
@failing_in_one_line()
def digests(
    context: dg.SensorEvaluationContext, warehouse: WarehouseResource, settings: SettingsResource
) -> dg.RunRequest | dg.SkipReason:
    notified = configured().notifications
    chosen = settings.read()
    if not notified.channels:
        return dg.SkipReason(OFF)
    if context.instance.get_run_ids(dg.RunsFilter(job_name=send_digests.name, statuses=IN_WORK), limit=1):
        return dg.SkipReason("a run that sends is in work")
    with warehouse.open() as database:
        waiting = Dispatch(database, notified, chosen).waiting()
    if not waiting:
        return dg.SkipReason("nothing is due")
    return dg.RunRequest(job_name=send_digests.name, tags={"dagster/priority": "1"})
