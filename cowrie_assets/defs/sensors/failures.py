"""Failed runs and failed checks become alerts. The tick notes them in the outbox; the job `send_digests` tells them.

No `dg.run_failure_sensor`: that moves on where its function fails, so a run that failed because the database was down
would never be told, and it leaves a line in the log of every run. Here the cursor moves when the alerts are noted.

A failed check of severity WARN is late data, no fault (see `defs/checks.py`), and makes no alert. Nor does a failed run
of `send_digests`: by what should it be told.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Literal, get_args

import dagster as dg

from cowrie_assets.defs.assets.logs import log_files
from cowrie_assets.defs.notifications import send_digests
from cowrie_assets.defs.resources import SettingsResource, WarehouseResource, configured
from cowrie_assets.defs.sensors.switched import switched_sensor
from cowrie_assets.defs.ticks import failing_in_one_line
from cowrie_assets.notifications.alerts import Alert, failed_check, failed_run
from cowrie_assets.notifications.dispatch import Dispatch
from cowrie_assets.notifications.settings import CHANNEL_VARIABLES, OFF

RUNS_A_TICK = 25
"""Ended runs that a tick looks at, of each kind of end."""

_End = Literal[dg.DagsterEventType.RUN_FAILURE, dg.DagsterEventType.RUN_SUCCESS]
_ENDS: tuple[_End, ...] = get_args(_End)


@switched_sensor(
    CHANNEL_VARIABLES,
    minimum_interval_seconds=30,
    description=(
        "Notes an alert for each run that failed and for each check that failed in a run; of one job or check, one is "
        "sent an hour. It starts nothing. The cursor says which ended run was looked at last."
    ),
)
@failing_in_one_line()
def failures(
    context: dg.SensorEvaluationContext, warehouse: WarehouseResource, settings: SettingsResource
) -> dg.SensorResult:
    notified = configured().notifications
    chosen = settings.read()
    seen = _seen(context)
    ended = {end: _ended_since(context.instance, end, seen[end.value]) for end in _ENDS}
    alerts = [alert for end, records in ended.items() for record in records for alert in _alerts(context, end, record)]
    newest = {end.value: records[-1].storage_id for end, records in ended.items() if records}
    cursor = json.dumps({**seen, **newest})
    if not notified.channels:
        return dg.SensorResult(skip_reason=OFF, cursor=cursor)
    if not notified.alerts:
        return dg.SensorResult(skip_reason="alerts are switched off: COWRIE_DIGEST_ALERTS is 0", cursor=cursor)
    if alerts:
        with warehouse.open() as database:
            Dispatch(database, notified, chosen).note(alerts)
    told = ", ".join(dict.fromkeys(alert.subject for alert in alerts))
    return dg.SensorResult(skip_reason=f"noted: {told}" if alerts else "no run and no check failed", cursor=cursor)


def _seen(context: dg.SensorEvaluationContext) -> dict[str, int]:
    """The storage id of the newest record that was looked at, by end; at first the newest there is."""
    if context.cursor:
        seen: dict[str, int] = json.loads(context.cursor)
        return seen
    newest = {end.value: context.instance.fetch_run_status_changes(end, limit=1).records for end in _ENDS}
    return {end: records[0].storage_id if records else 0 for end, records in newest.items()}


def _ended_since(instance: dg.DagsterInstance, end: _End, storage_id: int) -> Sequence[dg.EventLogRecord]:
    after = dg.RunStatusChangeRecordsFilter(end, after_storage_id=storage_id)
    return instance.fetch_run_status_changes(after, limit=RUNS_A_TICK, ascending=True).records


def _alerts(context: dg.SensorEvaluationContext, end: _End, record: dg.EventLogRecord) -> Iterator[Alert]:
    """What is to be told of an ended run of this code location."""
    run = context.instance.get_run_by_id(record.run_id)
    if run is None or run.job_name == send_digests.name or not _is_of_this_location(context, run):
        return
    if end is dg.DagsterEventType.RUN_FAILURE:
        yield failed_run(run.job_name, run.run_id, _reason(context.instance, record))
    for event in _events(context.instance, run.run_id, dg.DagsterEventType.ASSET_CHECK_EVALUATION):
        evaluation = event.asset_check_evaluation_data
        if evaluation.asset_key == log_files.key:  # the sensor `health` tells these
            continue
        if not evaluation.passed and evaluation.severity is dg.AssetCheckSeverity.ERROR:
            asset = evaluation.asset_key.to_user_string()
            yield failed_check(evaluation.check_name, asset, run.run_id, evaluation.description or "")


def _is_of_this_location(context: dg.SensorEvaluationContext, run: dg.DagsterRun) -> bool:
    ours, its = context.code_location_origin, run.remote_job_origin
    if ours is None or its is None:
        return True
    return its.repository_origin.code_location_origin.location_name == ours.location_name


def _reason(instance: dg.DagsterInstance, record: dg.EventLogRecord) -> str:
    """Why a run failed: the sentence of the first step that failed or what it raised, else what the run itself says."""
    for event in _events(instance, record.run_id, dg.DagsterEventType.STEP_FAILURE):
        said, error = event.step_failure_data.user_failure_data, event.step_failure_data.error
        if said is not None and said.description:
            return said.description
        if error is not None:
            return (error.cause or error).message
    ending = record.event_log_entry.dagster_event
    return (ending.message if ending is not None else None) or ""


def _events(instance: dg.DagsterInstance, run_id: str, kind: dg.DagsterEventType) -> Iterator[dg.DagsterEvent]:
    for record in instance.get_records_for_run(run_id, of_type=kind).records:
        if record.event_log_entry.dagster_event is not None:
            yield record.event_log_entry.dagster_event
