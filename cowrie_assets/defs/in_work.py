"""Which partitions are not to be asked for: those that are in work, and those that failed a moment ago."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import dagster as dg
from dagster._core.storage.tags import AUTO_RETRY_RUN_ID_TAG

from cowrie_assets.clock import today
from cowrie_assets.defs.from_day import days_of_run, load_from_day
from cowrie_assets.defs.jobs import INGESTED, REPORT_JOBS, ingest, ingest_live
from cowrie_assets.defs.partitions import FIRST_DAY, PARTITIONS, key_of, keys_between
from cowrie_assets.reports.periods import period_of

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

_ASSETS_OF_JOB = {job.name: (f"{kind}_report",) for kind, job in REPORT_JOBS.items()} | {
    ingest.name: INGESTED,
    ingest_live.name: INGESTED,
    load_from_day.name: (*INGESTED, *(f"{kind}_report" for kind in REPORT_JOBS)),
}


def runs_in_work(instance: dg.DagsterInstance) -> Sequence[dg.DagsterRun]:
    """Every run that is queued or goes on, however launched."""
    return instance.get_runs(dg.RunsFilter(statuses=IN_WORK))


def holding_runs(instance: dg.DagsterInstance) -> list[dg.DagsterRun]:
    """Every run that is not finished or failed lately, however launched. They may be thousands: ask once a tick.

    For a run that was tried again stands its next attempt: where that went well, nothing is left to rest.
    """
    lately = dg.RunsFilter(statuses=_FOR_A_WHILE, updated_after=datetime.now(UTC) - REST_AFTER_FAILURE)
    found = [run for run in instance.get_runs(lately) if AUTO_RETRY_RUN_ID_TAG not in run.tags]
    return [*runs_in_work(instance), *found]


def keys_in_work(
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
    if run.job_name == load_from_day.name:
        return _keys_from_day(run, partitions)
    return list(keys_between(partitions, first, last)) if first is not None and last is not None else []


def _keys_from_day(run: dg.DagsterRun, partitions: dg.TimeWindowPartitionsDefinition) -> list[str]:
    """The keys of the days of a run of `load_from_day`, or of the weeks or months that they lie in."""
    try:
        first, last = days_of_run(run.run_config)
    except dg.Failure:
        return []
    kind = next(kind for kind, of_kind in PARTITIONS.items() if of_kind is partitions)
    begin = max(period_of(kind, first), period_of(kind, FIRST_DAY), key=lambda period: period.start)
    end = period_of(kind, min(last, today()))
    return list(keys_between(partitions, key_of(begin), key_of(end))) if begin.start <= end.start else []
