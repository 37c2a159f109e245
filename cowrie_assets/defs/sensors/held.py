"""Which partitions are not to be asked for: those that are in work, and those that failed a moment ago."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import dagster as dg

from cowrie_assets.defs.jobs import INGESTED, REPORT_JOBS, ingest, ingest_live
from cowrie_assets.defs.partitions import keys_between

REST_AFTER_FAILURE = timedelta(minutes=15)
"""A lasting fault costs a run each quarter of an hour, not one at each tick."""

IN_WORK = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
_FOR_A_WHILE = [dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.FAILURE]
"""A run that is made and not even queued was left behind by something that died."""

_ASSETS_OF_JOB = {ingest.name: INGESTED, ingest_live.name: INGESTED} | {
    job.name: (f"{kind}_report",) for kind, job in REPORT_JOBS.items()
}


def holding_runs(instance: dg.DagsterInstance) -> list[dg.DagsterRun]:
    """Every run that is not finished or failed lately, however launched. They may be thousands: ask once a tick."""
    lately = dg.RunsFilter(statuses=_FOR_A_WHILE, updated_after=datetime.now(UTC) - REST_AFTER_FAILURE)
    return [*instance.get_runs(dg.RunsFilter(statuses=IN_WORK)), *instance.get_runs(lately)]


def held_keys(
    runs: Sequence[dg.DagsterRun], partitions: dg.TimeWindowPartitionsDefinition, asset_name: str
) -> frozenset[str]:
    """The partition keys of those of `runs` that materialize the asset."""
    return frozenset(key for run in runs if asset_name in _assets_of(run) for key in _keys_of(run, partitions))


def _assets_of(run: dg.DagsterRun) -> frozenset[str]:
    if run.asset_selection:
        return frozenset(key.to_user_string() for key in run.asset_selection)
    return frozenset(_ASSETS_OF_JOB.get(run.job_name, ()))


def _keys_of(run: dg.DagsterRun, partitions: dg.TimeWindowPartitionsDefinition) -> list[str]:
    key = run.tags.get("dagster/partition")
    first, last = run.tags.get("dagster/asset_partition_range_start"), run.tags.get("dagster/asset_partition_range_end")
    if key is not None:
        return [key]
    return list(keys_between(partitions, first, last)) if first is not None and last is not None else []
