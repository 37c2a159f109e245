"""Every minute a look at logs, clocks and folders: what it finds is recorded without a run, and told at once.

What did not change is recorded anew every few hours only, so that a day of looks leaves some dozens of rows. The cursor
holds what the last look found, what was told of it, and what has to stand still for a while before it is told.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

import dagster as dg

from cowrie_assets import clock
from cowrie_assets.clock import US_PER_SECOND
from cowrie_assets.defs.assets.logs import log_files
from cowrie_assets.defs.health import environment_of, evaluation, sensor_table
from cowrie_assets.defs.resources import SettingsResource, WarehouseResource, configured
from cowrie_assets.defs.ticks import failing_in_one_line
from cowrie_assets.errors import SettingsError
from cowrie_assets.health.looks import Health, look_around
from cowrie_assets.health.outages import Outages, outages_of_rows, outages_to_rows
from cowrie_assets.health.result import HealthResult
from cowrie_assets.health.telling import Telling
from cowrie_assets.health.watch import Watch
from cowrie_assets.printable import shown

RESULT_RENEWED_US = 6 * 3600 * US_PER_SECOND
"""So often a result that stays the same is recorded again: a check is as old as that at most."""
TABLE_RENEWED_US = 3600 * US_PER_SECOND
"""So often the table of sensors is; at once where a check changes, or what it calls unread has been read."""

_ASSET_EVENT = dg.AssetMaterialization | dg.AssetObservation | dg.AssetCheckEvaluation


@dataclass
class _Cursor:
    at: int = 0
    watched: list[tuple[str, str, int]] = field(default_factory=list)
    recorded: dict[str, tuple[str, int]] = field(default_factory=dict)
    """By check: (digest of what was recorded last, when)."""
    table_at: int = 0
    table_unread: int = 0
    """Bytes that the table recorded last calls unread."""
    outages: Outages = field(default_factory=Outages)
    failed: dict[str, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str | None) -> "_Cursor":
        """What a cursor says; nothing of one that cannot be read."""
        try:
            kept = json.loads(text or "{}")
            return cls(
                at=int(kept.get("at", 0)),
                watched=[(key, mark, since) for key, mark, since in kept.get("watched", ())],
                recorded={name: (digest, at) for name, (digest, at) in kept.get("recorded", {}).items()},
                table_at=int(kept.get("table_at", 0)),
                table_unread=int(kept.get("table_unread", 0)),
                outages=outages_of_rows(kept.get("outages", ())),
                failed={name: (attempts, at) for name, (attempts, at) in kept.get("failed", {}).items()},
            )
        except (AttributeError, TypeError, ValueError):
            return cls()

    def written(self) -> str:
        return json.dumps({**vars(self), "outages": outages_to_rows(self.outages)})


@dg.sensor(
    target=None,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "Looks at the log root, each sensor's usual interval, what lies unread or is passed over, clocks, database and "
        "report folder. Records that as checks of log_files, and sends an alert when a trouble begins and when it is "
        "over. It starts no run."
    ),
)
@failing_in_one_line()
def health(
    context: dg.SensorEvaluationContext, warehouse: WarehouseResource, settings: SettingsResource
) -> dg.SensorResult:
    now = clock.now_us()
    cursor = _Cursor.read(context.cursor)
    watch = Watch.of(cursor.watched, cursor.at, now)
    found = look_around(environment_of(warehouse, settings), watch)
    cursor.at, cursor.watched = now, watch.kept()
    events = list(_events(cursor, found))
    cursor.outages.take(found)
    told = _told(cursor, now)
    return dg.SensorResult(
        skip_reason=shown("; ".join([_summary(found), *told])), cursor=cursor.written(), asset_events=events
    )


def _events(cursor: _Cursor, found: Health) -> Iterator[_ASSET_EVENT]:
    changed = False
    for result in found.results:
        digest, recorded_at = cursor.recorded.get(result.name, ("", 0))
        if digest == _digest(result) and found.at - recorded_at < RESULT_RENEWED_US:
            continue
        changed = changed or digest != _digest(result)
        cursor.recorded[result.name] = (_digest(result), found.at)
        yield evaluation(result)
    unread = sum(sensor.unread_bytes for sensor in found.sensors or ())
    all_read = cursor.table_unread and not unread
    if found.sensors and (changed or all_read or found.at - cursor.table_at >= TABLE_RENEWED_US):
        cursor.table_at, cursor.table_unread = found.at, unread
        yield dg.AssetObservation(log_files.key, metadata={"sensors": sensor_table(found)})


def _digest(result: HealthResult) -> str:
    """What a change of a result is told by: its state and its problems, not the ages in its words. What was not judged
    has no problems: its words are the reason."""
    reason = None if result.judged else result.summary
    what = json.dumps([result.state, reason, [problem.key for problem in result.problems]])
    return blake2b(what.encode(), digest_size=6).hexdigest()


def _told(cursor: _Cursor, now: int) -> list[str]:
    try:
        notified = configured().notifications
    except SettingsError:  # the check of the settings says so
        return []
    if not notified.channels or not notified.alerts:
        return []
    telling = Telling(cursor.outages, cursor.failed)
    lines = telling.tell(notified.channels, now)
    cursor.failed = telling.failed
    return lines


def _summary(found: Health) -> str:
    failing = [f"{result.name}: {result.summary}" for result in found.failing if result.judged]
    return "; ".join(failing) or "all is well"
