"""Where each sensor stands, a row each: its newest event, what of its logs is unread, how old its live log is."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cowrie_assets.health.observation import LogState, Observation
from cowrie_assets.health.silence import SensorActivity
from cowrie_assets.printable import shown
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.sql import statement

_NAMES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class SensorRow:
    """One sensor. Times are microseconds since 1970-01-01 UTC."""

    sensor: str
    state: str
    """`writes`, `silent`, `not judged`, `retired`, or `no event` where none was ever stored."""
    newest_event_at: int | None
    unread_bytes: int
    live_log_at: int | None
    """When its live log was last written; None where there is none."""
    names_in_events: str
    """Names that its events carry and its folder does not; empty where there are none."""


def sensor_rows(observation: Observation, activity: Sequence[SensorActivity]) -> Iterator[SensorRow]:
    """By name: every sensor with events, and every one with a folder of logs."""
    logs: dict[str, list[LogState]] = defaultdict(list)
    for log in observation.logs:
        logs[log.log.sensor].append(log)
    written = _written_names(observation)
    known = {each.sensor: each for each in activity}
    former = {name for each in activity for name in each.former_names}
    for sensor in sorted({*known, *logs} - former):
        its, wrote = logs.get(sensor, []), known.get(sensor)
        yield SensorRow(
            sensor=sensor,
            state=wrote.state if wrote is not None else "no event",
            newest_event_at=wrote.newest_event_at if wrote is not None else None,
            unread_bytes=sum(log.unread_bytes for log in its),
            live_log_at=max((log.written_at for log in its if log.log.live), default=None),
            names_in_events=_listed(written.get(sensor, ())),
        )


def _written_names(observation: Observation) -> dict[str, list[str]]:
    names: dict[str, list[str]] = defaultdict(list)
    if observation.warehouse is not None:
        with observation.warehouse.read() as connection:
            for row in connection.execute(statement("health/written_names")):
                names[decode_text(row.folder_sensor)].append(decode_text(row.written_sensor))
    return names


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _NAMES_SHOWN
    return ", ".join(map(shown, names[:_NAMES_SHOWN])) + (f" and {more} more" if more > 0 else "")
