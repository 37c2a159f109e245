"""What must stay for Dagster's pages to show what they showed, and for the sensors to go on where they were."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import dagster as dg
from dagster._core.definitions.data_version import DATA_VERSION_TAG
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.execution.backfill import BULK_ACTION_TERMINAL_STATUSES, BulkActionsFilter, BulkActionStatus
from dagster._core.scheduler.instigation import InstigatorState, InstigatorStatus, SensorInstigatorData

from cowrie_assets.history.storage import events_of, rows
from cowrie_assets.orchestration.locations import LOCATION

BACKFILL_TAG = "dagster/backfill"
_WATCHES_ENDS = "failures"
"""The sensor that looks at the end of each run; its cursor says which it looked at last, by kind of end."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Numbers of rows, and ids of runs. As large as what stays, however much goes."""

    events: frozenset[int]
    checks: frozenset[int]
    runs: frozenset[str]
    """Runs that an asset names as its latest."""
    unseen: frozenset[str]
    """Runs at whose end the sensor has not looked."""
    backfills: frozenset[str]
    """Backfills in progress: each needs its runs."""


def kept(instance: dg.DagsterInstance) -> Kept:
    """What stays, as it is now. What is recorded later is newer, and is not looked at by who prunes."""
    with events_of(instance).index_connection() as connection:
        events = {
            each
            for name, binds in (("kept_events", {"version_tag": DATA_VERSION_TAG}), ("newest_event", {}))
            for row in rows(connection, name, **binds)
            for each in row.values()
        }
        checks = {each for row in rows(connection, "kept_checks") for each in row.values()}
        runs = {row["last_run_id"] for row in rows(connection, "last_runs")}
        unseen = {
            row["run_id"]
            for kind, seen in _looked_at(instance).items()
            for row in rows(connection, "ends_after", dagster_event_type=kind, id=seen)
        }
    return Kept(
        events=frozenset(events),
        checks=frozenset(checks),
        runs=frozenset(runs),
        unseen=frozenset(unseen),
        backfills=frozenset(_open_backfills(instance)),
    )


def instigators(instance: dg.DagsterInstance) -> Iterator[InstigatorState]:
    """The sensors and schedules of our code location that have ticked."""
    for state in instance.all_instigator_state():
        if state.origin.repository_origin.code_location_origin.location_name == LOCATION:
            yield state


def _looked_at(instance: dg.DagsterInstance) -> dict[str, int]:
    """`{kind of end: number of the newest event looked at}`; empty where no sensor that runs looks at any."""
    for state in instigators(instance):
        data = state.instigator_data
        watches = state.instigator_type is InstigatorType.SENSOR and state.instigator_name == _WATCHES_ENDS
        if watches and state.status is not InstigatorStatus.STOPPED and isinstance(data, SensorInstigatorData):
            seen: dict[str, int] = json.loads(data.cursor or "{}")
            return seen
    return {}


def _open_backfills(instance: dg.DagsterInstance) -> Iterator[str]:
    statuses = [status for status in BulkActionStatus if status not in BULK_ACTION_TERMINAL_STATUSES]
    for backfill in instance.get_backfills(filters=BulkActionsFilter(statuses=statuses)):
        yield backfill.backfill_id
