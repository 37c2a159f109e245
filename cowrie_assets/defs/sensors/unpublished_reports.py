"""Reports that the search server has not confirmed: a run that publishes them, once they are due."""

from datetime import UTC, datetime

import dagster as dg

from cowrie_assets.amounts import counted
from cowrie_assets.clock import iso_us, now_us
from cowrie_assets.defs.in_work import IN_WORK, REST_AFTER_FAILURE
from cowrie_assets.defs.jobs import publish
from cowrie_assets.defs.resources import WarehouseResource, configured, usable_settings
from cowrie_assets.defs.sensors.switched import switched_sensor
from cowrie_assets.defs.ticks import failing_in_one_line
from cowrie_assets.publishing.destination import OFF, SERVER_VARIABLES
from cowrie_assets.publishing.status import backlog


@switched_sensor(
    SERVER_VARIABLES,
    job=publish,
    minimum_interval_seconds=60,
    description=(
        "Asks for a run that publishes what waits: reports that were written, or written anew, and what the server "
        "did not take before. That is tried again ever later, up to every 15 minutes."
    ),
)
@failing_in_one_line()
def unpublished_reports(
    context: dg.SensorEvaluationContext, warehouse: WarehouseResource
) -> dg.RunRequest | dg.SkipReason:
    usable_settings()
    destination = configured().publishing
    if destination is None:
        return dg.SkipReason(OFF)
    if reason := _why_not_now(context.instance):
        return dg.SkipReason(reason)
    with warehouse.open() as database, database.read() as connection:
        waiting = backlog(connection, destination.product, now_us())
    if waiting.due:
        return dg.RunRequest(tags={"dagster/priority": "1"})
    if waiting.next_attempt_at is None:
        return dg.SkipReason("every written report is published")
    reports_wait = counted(waiting.reports, "report waits", "reports wait")
    return dg.SkipReason(f"{reports_wait}; the next is tried at {iso_us(waiting.next_attempt_at)}")


def _why_not_now(instance: dg.DagsterInstance) -> str | None:
    """Why no run is asked for now, whatever waits."""
    if instance.get_run_ids(dg.RunsFilter(job_name=publish.name, statuses=IN_WORK), limit=1):
        return "a run that publishes is in work"
    lately = datetime.now(UTC) - REST_AFTER_FAILURE
    failed = dg.RunsFilter(job_name=publish.name, statuses=[dg.DagsterRunStatus.FAILURE], updated_after=lately)
    return "a run that publishes failed a moment ago" if instance.get_run_ids(failed, limit=1) else None
