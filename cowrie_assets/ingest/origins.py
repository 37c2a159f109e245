"""What the events of each log were derived as: whose, and by how much their clock was set back.

The load step records it (`log_origins`), so that what other settings would change is known without a look at an event,
and so is which names one machine has had.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from cowrie_assets.cowrie.event import READER_VERSION
from cowrie_assets.warehouse.codec import encode_text
from cowrie_assets.warehouse.dictionary import Dictionary, digest_of
from cowrie_assets.warehouse.sql import statement

if TYPE_CHECKING:
    from cowrie_assets.ingest.batch import Origin  # reports ask for names, and read no log


def record_origins(connection: Connection, sensors: Dictionary[str], log_id: int, origins: Sequence["Origin"]) -> None:
    """Record what events of a log are derived as in this transaction."""
    if not origins:
        return
    numbers = sensors.resolve(connection, [origin.sensor for origin in origins])
    rows = [origin_row(log_id, origin, number) for origin, number in zip(origins, numbers, strict=True)]
    connection.execute(statement("ingest/record_origin"), rows)


def origin_row(log_id: int, origin: "Origin", sensor_id: int) -> dict[str, object]:
    """A row of `log_origins` under this reader."""
    return {
        "log_id": log_id,
        "digest": origin_digest(origin),
        "written_sensor": encode_text(origin.written_sensor),
        "named_by_folder": int(origin.named_by_folder),
        "uuid": encode_text(origin.uuid),
        "sensor_id": sensor_id,
        "clock_offset_us": origin.clock_offset_us,
        "reader": READER_VERSION,
        "first_written_at": origin.first_written_at,
        "last_written_at": origin.last_written_at,
    }


def origin_digest(origin: "Origin") -> bytes:
    """What tells the derivations of a log under this reader apart."""
    numbers = (int(origin.named_by_folder), origin.clock_offset_us, READER_VERSION)
    return digest_of(origin.written_sensor, origin.uuid, origin.sensor, *map(str, numbers))


@dataclass(slots=True)
class _Span:
    first_at: int
    last_at: int


def replaced_names(connection: Connection) -> dict[int, int]:
    """`{sensors.id of a name no longer used: sensors.id of the newest name of the same machine}`.

    A name is replaced by the one that begins after its last event in the same folder or under the same `uuid`: a
    container that was made anew. Names that were used at the same time are two machines. One name replaces one other,
    the last to fall silent before it; of a `uuid` and a folder the `uuid` decides.
    """
    spans: dict[int, _Span] = {}
    by_uuid: dict[str, set[int]] = defaultdict(set)
    by_folder: dict[tuple[str, str], set[int]] = defaultdict(set)
    for sensor_id, collector, folder, uuid, first_at, last_at in connection.execute(statement("ingest/sensor_spans")):
        span = spans.setdefault(sensor_id, _Span(first_at, last_at))
        span.first_at, span.last_at = min(span.first_at, first_at), max(span.last_at, last_at)
        by_folder[collector, folder].add(sensor_id)
        if uuid:
            by_uuid[uuid].add(sensor_id)
    next_name: dict[int, int] = {}
    for group in (*by_uuid.values(), *by_folder.values()):
        _pair(group, spans, next_name)
    return {old: _newest(old, next_name) for old in next_name}


def _pair(group: set[int], spans: dict[int, _Span], next_name: dict[int, int]) -> None:
    """Give each name of the group that has no successor yet the next that began after it, one to one."""
    replacing = set(next_name.values())
    for name in sorted(group, key=lambda each: (spans[each].first_at, each)):
        if name in replacing:
            continue
        silent = [each for each in group - next_name.keys() if spans[each].last_at < spans[name].first_at]
        if silent:
            next_name[max(silent, key=lambda each: (spans[each].last_at, each))] = name


def _newest(name: int, next_name: dict[int, int]) -> int:
    while name in next_name:
        name = next_name[name]
    return name
