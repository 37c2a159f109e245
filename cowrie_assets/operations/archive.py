"""Raw events of sealed days as Parquet files, out of the warehouse, and back.

A file is a day: `raw_events/<year>/<day>.parquet`. It has the columns of `events`, and what their numbers mean in words
for other programs. A seal proves it: what is taken out of the warehouse was read from its file just before.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, LargeBinary, RowMapping, Text, select

from cowrie_assets.activity import phase
from cowrie_assets.clock import day_number, day_of_number
from cowrie_assets.errors import UserError
from cowrie_assets.operations.positions import identity
from cowrie_assets.operations.seal import put_back_raw_events, remove_raw_events
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.reports.drafts import draft_of, remove_abandoned
from cowrie_assets.reports.staged_files import make_folder, open_private, sync_folder
from cowrie_assets.summaries.seals import RawEvents
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import events, seals
from cowrie_assets.warehouse.sql import statement

_WORDS = ("sensor", "session_id", "event_type", "src_ip")
_COLUMNS = tuple(column for column in events.columns if column.name != "id")
_NOT_REPEATED = ("event_hash", "payload")
_AT_A_TIME = 20_000
_LEVEL = 12
_PAYLOADS_AT_A_TIME = 256 * 1024**2
"""Bytes of payloads that a proof holds at once, about."""
_SEAL = b"cowrie_assets.seal"
"""Of which seal of which warehouse a file is: a day that was opened and sealed anew may have other derived columns."""


class ArchiveError(UserError):
    """Days that cannot be archived, taken out or brought back as they stand; the message says why."""


@dataclass(slots=True)
class ArchiveResult:
    """What was done to which days."""

    days: list[date] = field(default_factory=list)
    events: int = 0
    size_bytes: int = 0
    """Of the files that were written."""
    passed_by: list[date] = field(default_factory=list)
    """Sealed days whose raw events stay, because no file of the archive holds just these."""


@phase("archive")
def archive(warehouse: Warehouse, folder: Path, before: date, *, progress: ProgressSink = silent) -> ArchiveResult:
    """Write the raw events of each sealed day before `before` that are in the warehouse to a file of its own, and prove
    it. A file that is there and right stays. Raises ArchiveError where the events are not those that were sealed."""
    result = ArchiveResult()
    with warehouse.read() as connection:
        sealed, mark = _sealed(connection, None, before, removed=False), identity(connection)
    for position, seal in enumerate(sealed):
        day = day_of_number(seal["session_day"])
        progress(Progress("archive", position, len(sealed), "days", str(day)))
        path = path_of(folder, day)
        if _holds(path, seal, mark):
            continue
        with warehouse.read() as connection:
            result.size_bytes += _write(connection, path, seal, mark)
        result.days.append(day)
        result.events += seal["events"]
    progress(Progress("archive", len(sealed), len(sealed), "days"))
    return result


@phase("prune")
def prune(warehouse: Warehouse, folder: Path, before: date, *, progress: ProgressSink = silent) -> ArchiveResult:
    """Take the raw events of each sealed day before `before` out of the warehouse, a transaction a day, where its file,
    read to its end, holds just those that were sealed. Raises SealError where the warehouse holds others."""
    result = ArchiveResult()
    with warehouse.read() as connection:
        sealed, mark = _sealed(connection, None, before, removed=False), identity(connection)
    for position, seal in enumerate(sealed):
        day = day_of_number(seal["session_day"])
        progress(Progress("prune", position, len(sealed), "days", str(day)))
        if not _holds(path_of(folder, day), seal, mark):
            result.passed_by.append(day)
            continue
        result.events += remove_raw_events(warehouse, day, sealed_at=seal["sealed_at"])
        result.days.append(day)
    progress(Progress("prune", len(sealed), len(sealed), "days"))
    return result


@phase("unarchive")
def unarchive(
    warehouse: Warehouse, folder: Path, start: date, end: date, *, progress: ProgressSink = silent
) -> ArchiveResult:
    """Put the raw events of each sealed day from `start` to `end`, inclusive, that left the warehouse back into it, a
    transaction a day. Raises ArchiveError where a day's file is not there or holds others; days before it are back."""
    result = ArchiveResult()
    with warehouse.read() as connection:
        sealed, mark = _sealed(connection, start, end, removed=True), identity(connection)
    for position, seal in enumerate(sealed):
        day = day_of_number(seal["session_day"])
        progress(Progress("unarchive", position, len(sealed), "days", str(day)))
        path = path_of(folder, day)
        if not _holds(path, seal, mark):
            raise ArchiveError(f"{path} is not there, or does not hold the raw events of {day} that left this database")
        result.events += put_back_raw_events(warehouse, day, _rows(path))
        result.days.append(day)
    progress(Progress("unarchive", len(sealed), len(sealed), "days"))
    return result


def path_of(folder: Path, day: date) -> Path:
    """The file of a day in an archive."""
    return folder / "raw_events" / f"{day.year:04}" / f"{day}.parquet"


def _sealed(connection: Connection, start: date | None, end: date, *, removed: bool) -> list[RowMapping]:
    """The seals from `start` (open where None) to `end` (inclusive; without it where `start` is None), oldest first."""
    last = day_number(end) - (start is None)
    chosen = select(seals).where(seals.c.session_day <= last).order_by(seals.c.session_day)
    if start is not None:
        chosen = chosen.where(seals.c.session_day >= day_number(start))
    state = seals.c.removed_at.isnot(None) if removed else seals.c.removed_at.is_(None)
    return list(connection.execute(chosen.where(state)).mappings().all())


def _write(connection: Connection, path: Path, seal: RowMapping, mark: str) -> int:
    """Write one day's file, and tell its size. It gets its name once it was read back."""
    parquet, arrow = _parquet(), _arrow()
    make_folder(path.parent)
    remove_abandoned(path.parent)
    draft = draft_of(path)
    schema = _schema().with_metadata({_SEAL: _name_of(seal, mark)})
    repeated = [name for name in schema.names if name not in _NOT_REPEATED]
    options = {"compression": "zstd", "compression_level": _LEVEL, "use_dictionary": repeated}
    rows = connection.execute(
        statement("archive/events_of_day"), {"day": seal["session_day"]}, execution_options={"yield_per": _AT_A_TIME}
    ).mappings()
    try:
        with open(draft, "xb", opener=open_private) as file, parquet.ParquetWriter(file, schema, **options) as writer:
            for some in rows.partitions(_AT_A_TIME):
                writer.write_table(arrow.Table.from_pylist([dict(row) for row in some], schema=schema))
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        if not _holds(draft, seal, mark):
            day = day_of_number(seal["session_day"])
            raise ArchiveError(f"the raw events of {day} are not those that were sealed: run `cowrie-assets validate`")
        draft.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise OSError(error.errno, f"cannot be written: {error.strerror}", str(path)) from error
    finally:
        draft.unlink(missing_ok=True)
    return path.stat().st_size


def _holds(path: Path, seal: RowMapping, mark: str) -> bool:
    """Whether a file, read to its end, holds just the raw events that were sealed, as rows of this warehouse."""
    parquet, arrow = _parquet(), _arrow()
    found = None
    with suppress(FileNotFoundError, arrow.ArrowInvalid, OSError), parquet.ParquetFile(path) as file:
        schema = file.schema_arrow
        if schema.names == _schema().names and (schema.metadata or {}).get(_SEAL) == _name_of(seal, mark):
            found = _digest(file)
    return found == RawEvents(seal["events"], bytes(seal["raw_digest"]))


def _name_of(seal: RowMapping, mark: str) -> bytes:
    return f"{mark} {seal['sealed_at']}".encode()


def _digest(file: Any) -> RawEvents:  # noqa: ANN401  (pyarrow has no types)
    """As `seals.raw_events_of_day`, of what a file holds. Its order is another: each part of the identities is a
    reading of the file, so memory holds some payloads only, however long the day."""
    digest = blake2b(digest_size=32)
    identities = file.read(columns=["event_hash"]).column("event_hash").combine_chunks().sort()
    position = file.schema_arrow.names.index("payload")
    groups = (file.metadata.row_group(number).column(position) for number in range(file.num_row_groups))
    parts = sum(group.total_uncompressed_size for group in groups) // _PAYLOADS_AT_A_TIME + 1
    firsts = [identities[len(identities) * part // parts] for part in range(parts)] if len(identities) else []
    for first, end in zip(firsts, [*firsts[1:], None], strict=True):
        for row in _part(file, first, end):
            content = row["payload"].encode("utf-8")
            digest.update(row["event_hash"] + len(content).to_bytes(8, "big"))
            digest.update(content)
    return RawEvents(len(identities), digest.digest())


def _part(file: Any, first: Any, end: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    """Identities and payloads from `first` to before `end` (None: to the last), in the order of identities."""
    from pyarrow import compute  # noqa: PLC0415

    some = []
    for batch in file.iter_batches(batch_size=_AT_A_TIME, columns=list(_NOT_REPEATED)):
        wanted = compute.greater_equal(batch["event_hash"], first)
        if end is not None:
            wanted = compute.and_(wanted, compute.less(batch["event_hash"], end))
        some.append(batch.filter(wanted))
    for batch in _arrow().Table.from_batches(some).sort_by("event_hash").to_batches(max_chunksize=_AT_A_TIME):
        yield from batch.to_pylist()


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with _parquet().ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=_AT_A_TIME, columns=[column.name for column in _COLUMNS]):
            yield from batch.to_pylist()


def _schema() -> Any:  # noqa: ANN401
    arrow = _arrow()
    kinds = [(name, arrow.string()) for name in _WORDS]
    for column in _COLUMNS:
        if isinstance(column.type, LargeBinary):
            kinds.append((column.name, arrow.binary()))
        elif column.name == "payload" or isinstance(column.type, Text):
            kinds.append((column.name, arrow.string()))
        else:
            kinds.append((column.name, arrow.int64()))
    return arrow.schema(kinds)


def _arrow() -> Any:  # noqa: ANN401
    try:
        import pyarrow  # noqa: PLC0415  (an extra)
    except ImportError:
        raise ArchiveError("pyarrow is not installed: pip install 'cowrie-assets[archive]'") from None
    return pyarrow


def _parquet() -> Any:  # noqa: ANN401
    _arrow()
    import pyarrow.parquet  # noqa: PLC0415

    return pyarrow.parquet
