"""The ledger after a reparse: it says of each log what its events are derived as today.

Every function runs within the caller's write transaction.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, delete, text, update

from cowrie_assets.clock import US_PER_DAY
from cowrie_assets.ingest.batch import Origin
from cowrie_assets.ingest.origins import record_origins
from cowrie_assets.ingest.outdated import is_outdated
from cowrie_assets.ingest.sources import Sources
from cowrie_assets.sensor_registry import SensorRegistry
from cowrie_assets.warehouse.codec import decode_text, encode_text
from cowrie_assets.warehouse.dictionary import Dictionary
from cowrie_assets.warehouse.schema import log_origins, logs
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.temporary_tables import make_empty

UNRECORDED = b"\0"
"""The digest of what revision 0002 wrote for the logs that older readers had read."""
Days = tuple[int, int]
"""First and last, inclusive."""


def folders(connection: Connection) -> list[tuple[str | None, str, int]]:
    """The folders of logs: the name that their events bear, the path with its last slash, the number of logs."""
    rows = connection.execute(statement("ingest/folders_of_logs"))
    return [(decode_text(folder), decode_text(lies_in), count) for folder, lies_in, count in rows]


def take_folder_names(connection: Connection) -> int:
    """Give each log the name of the folder that it lies in today; tell how many had another.

    A log with events of sealed days keeps its name: it is a part of these events' identities where they name no sensor.
    """
    renamed = 0
    for folder, lies_in in _renamed_folders(connection):
        binds = {"name": encode_text(Path(lies_in).name or "/"), "lies_in": encode_text(lies_in)}
        former = {"former": "" if folder is None else encode_text(folder)}
        taken = connection.execute(statement("ingest/take_folder_name"), binds | former).rowcount
        connection.execute(statement("ingest/rename_origins"), binds)
        renamed += 0 if folder is None else taken
    return renamed


def count_folder_names(connection: Connection) -> int:
    """How many logs `take_folder_names` would give another name."""
    found = 0
    for folder, lies_in in _renamed_folders(connection):
        binds = {"lies_in": encode_text(lies_in), "former": "" if folder is None else encode_text(folder)}
        taken = connection.execute(statement("ingest/logs_to_name"), binds).scalar_one()
        found += 0 if folder is None else taken
    return found


def _renamed_folders(connection: Connection) -> list[tuple[str | None, str]]:
    """The name that logs bear and the folder that they lie in, where it is called otherwise today; `sealed_logs` is
    filled where there are any."""
    found = [(folder, lies_in) for folder, lies_in, _ in folders(connection) if folder != (Path(lies_in).name or "/")]
    if found:
        find_sealed_logs(connection)
    return found


def restate_origins(
    connection: Connection,
    registry: SensorRegistry,
    names: Dictionary[str],
    days: Days,
    *,
    left: Collection[int] = frozenset(),
) -> bool:
    """Record what the events of `days` are derived as today in the place of what they were; tell whether events may
    belong to other logs now: a folder has another name, a sensor changed where the sensors file names folders, or an
    older reader read them.

    An origin with events on other days as well stays as it is, and so does one of a log with events of sealed days, or
    with some that would come to one (`left`): they were not derived anew. What was has its origin of today beside it.
    """
    known_as = Sources(registry)
    changed = False
    restated: set[int] = set()
    origins = connection.execute(statement("ingest/origins_of_logs")).all()
    outdated = [row for row in origins if is_outdated(row, known_as) and _lies_within(row, days)]
    sealed = find_sealed_logs(connection).union(left) if outdated else set()
    for row in outdated:
        if row.log_id in sealed:
            changed |= bytes(row.digest) == UNRECORDED or _may_belong_elsewhere(row, known_as)
            continue
        connection.execute(
            delete(log_origins).where(log_origins.c.log_id == row.log_id, log_origins.c.digest == row.digest)
        )
        restated.add(row.log_id)
        if bytes(row.digest) == UNRECORDED:
            changed = True  # an older reader took equal content in two folders for one
            continue
        changed |= _may_belong_elsewhere(row, known_as)
        written, uuid = decode_text(row.written_sensor), decode_text(row.uuid)
        sensor = _sensor_today(row, known_as)
        span = (row.first_written_at, row.last_written_at)
        offset = known_as.clock_offsets.get(sensor, 0)
        origin = Origin(written, bool(row.named_by_folder), uuid, sensor, offset, *span)
        record_origins(connection, names, row.log_id, [origin])
    for log_id in sorted(restated):
        connection.execute(statement("ingest/span_of_log"), {"log_id": log_id})
    return changed


def restate_folders(connection: Connection, registry: SensorRegistry, names: Dictionary[str]) -> None:
    """Give each log in the ledger to the sensor of its folder; forget what stands for a log of another folder."""
    for _, lies_in, _ in folders(connection):
        (number,) = names.resolve(connection, [registry.name_of_folder(Path(lies_in))])
        binds = {"sensor_id": number, "lies_in": encode_text(lies_in)}
        connection.execute(statement("ingest/give_folder_to_sensor"), binds)
    connection.execute(statement("ingest/forget_paths_elsewhere"))


def doubt_copies(connection: Connection) -> int:
    """Have each log read again from its start of which lines were duplicates: other logs may not hold them any more
    for its sensor, or it has the better claim to them now. Tells how many."""
    return connection.execute(update(logs).where(logs.c.duplicates > 0).values(doubt=1)).rowcount


def find_sealed_logs(connection: Connection) -> set[int]:
    """The logs with events of sealed days; they are in the temporary table `sealed_logs`, too."""
    make_empty(connection, "sealed_logs", "log_id BIGINT PRIMARY KEY")
    connection.execute(statement("ingest/sealed_logs"))
    return set(connection.execute(text("SELECT log_id FROM sealed_logs")).scalars())


def _sensor_today(row: Row[Any], known_as: Sources) -> str:
    written, uuid = decode_text(row.written_sensor), decode_text(row.uuid)
    return known_as.of("", Path(decode_text(row.lies_in))).sensor_of(written, uuid)


def _may_belong_elsewhere(row: Row[Any], known_as: Sources) -> bool:
    """Whether events of an origin may be another log's now: the folder is named otherwise, or the sensors file says."""
    return row.reader == 0 or (known_as.know_folders and _sensor_today(row, known_as) != decode_text(row.sensor))


def _lies_within(row: Row[Any], days: Days) -> bool:
    times = [row.first_written_at - row.clock_offset_us, row.last_written_at - row.clock_offset_us]
    return all(days[0] <= time // US_PER_DAY <= days[1] for time in times)
