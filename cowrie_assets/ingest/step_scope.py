"""What a load step is alone with on PostgreSQL, so that loaders of different sensors go side by side."""

from collections.abc import Sequence

from cowrie_assets.ingest.batch import Batch
from cowrie_assets.ingest.ledger import Plan
from cowrie_assets.warehouse.write_scope import WriteScope, of_contents, of_paths, of_sensors


def scope_of(plans: Sequence[Plan], batches: Sequence[Batch]) -> WriteScope:
    """The sensors that events go to, the sensors as written (whose events may be claimed by several), and the logs by
    content and path."""
    sensors = {plan.log.sensor for plan in plans}
    for batch in batches:
        sensors.update(batch.sensors)
        sensors.update(origin.written_sensor for origin in batch.origins)
    paths = {(plan.file.collector, path) for plan in plans for path in (plan.file.path, plan.known and plan.known.path)}
    contents = {plan.fingerprint for plan in plans if plan.fingerprint is not None}
    at_paths = of_paths(f"{collector}:{path}" for collector, path in paths if path is not None)
    return of_sensors(sensors) | of_contents(contents) | at_paths
