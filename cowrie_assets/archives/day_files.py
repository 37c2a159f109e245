"""A Parquet file of a day's raw events: written, proved, read.

It has the columns of the view `raw_events`, so any program reads it as that, but for the identity: this, and what else
the warehouse keeps of an event, follows from the payload and, where that names no sensor, from the log's folder. 12 of
an identity's 16 bytes are as good as random: they would be a quarter of a file. A seal proves a file: its identities,
worked out anew, and its payloads are those that were sealed; its other columns, which depend on the settings of then,
are proved by the checksums of its pages. Texts are as `warehouse.codec` stores them.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sqlalchemy import RowMapping

from cowrie_assets.archives.errors import ArchiveError
from cowrie_assets.archives.places import EVENTS, EXTRA
from cowrie_assets.ingest.rederive import identities_of
from cowrie_assets.reports.staged_files import open_private
from cowrie_assets.summaries.seals import RawEvents

_LEVEL = 12
_PAGE_BYTES = 16 * 1024**2
"""A page is compressed by itself: the larger, the more of it repeats."""
_GROUP_BYTES = 32 * 1024**2
ROWS_AT_A_TIME = 2_000
_PAYLOADS_AT_A_TIME = 128 * 1024**2
"""Bytes of payloads that a proof holds at once, about."""
_SEALED = ["payload", "log_folder"]
"""The columns that a seal covers: an event's identity follows from them. Checksums of the pages tell of all others."""
_SEAL = b"cowrie_assets.seal"
"""Of which seal of which warehouse a file is: a day that was opened and sealed anew may have other names and times."""
_PAYLOADS = b"cowrie_assets.payload_bytes"
_TREATED = b"cowrie_assets.treated_from"
"""Of which seal the events were of which some values were hashed or dropped for this file; empty where none were."""


@dataclass(frozen=True, slots=True)
class DayFile:
    """What a file says of itself."""

    events: int
    payload_bytes: int
    """Of its events' JSON, as UTF-8."""
    size_bytes: int
    """Of the file."""


def name_of(day: date) -> str:
    """The name of a day's file in an archive."""
    return f"{EVENTS}/{day.year:04}/{day}.parquet"


def write(
    path: Path, rows: Iterable[list[dict[str, Any]]], sealed_at: int, warehouse: str, *, treated_from: str = ""
) -> None:
    """Write the raw events of a sealed day of a warehouse, given by its identity, to a new file. `rows` have its
    columns, some at a time, with times and days as the warehouse counts them. `treated_from` says what was
    hashed or dropped of which file. Raises OSError."""
    arrow, parquet = _arrow(), _parquet()
    from pyarrow import compute  # noqa: PLC0415

    layout = schema()
    with (
        open(path, "xb", opener=open_private) as file,
        parquet.ParquetWriter(
            file,
            layout,
            compression="zstd",
            compression_level=_LEVEL,
            data_page_size=_PAGE_BYTES,
            store_schema=False,
            use_dictionary=[
                "sensor",
                "session_id",
                "matcher",
                "event_type",
                "event_date",
                "src_ip",
                "log_folder",
                "log_file_id",
                "ingested_at",
            ],
            column_encoding={
                "event_timestamp": "DELTA_BINARY_PACKED",
                "byte_offset": "DELTA_BINARY_PACKED",
            },
            write_page_checksum=True,
            write_statistics=["sensor", "session_id", "event_type", "event_timestamp", "event_date", "src_ip"],
        ) as writer,
    ):
        payload_bytes = 0
        for group in _groups(rows, layout):
            payload_bytes += sum(compute.sum(compute.binary_length(batch["payload"])).as_py() for batch in group)
            writer.write_table(arrow.Table.from_batches(group), row_group_size=len(group) * ROWS_AT_A_TIME)
        writer.add_key_value_metadata(
            {_SEAL: _name_of_seal(sealed_at, warehouse), _PAYLOADS: str(payload_bytes), _TREATED: treated_from}
        )


def described(path: Path) -> DayFile:
    """What a file that `write` made says of itself."""
    with _parquet().ParquetFile(path) as file:
        events, said = file.metadata.num_rows, file.metadata.metadata
    return DayFile(events, int(said[_PAYLOADS]), path.stat().st_size)


def holds(path: Path | None, seal: RowMapping, warehouse: str) -> bool:
    """Whether a file, read to its end, holds just the raw events that were sealed, as those of this warehouse."""
    arrow = _arrow()
    found = None
    if path is not None:
        with suppress(FileNotFoundError, arrow.ArrowInvalid, OSError), _opened(path) as file:
            if is_of(file.schema_arrow, seal, warehouse):
                _read_others(file)
                found = _digest(file)
    return found == RawEvents(seal["events"], bytes(seal["raw_digest"]))


def treated_from(path: Path, expected: str) -> int | None:
    """When the events of a file were sealed, in microseconds since 1970-01-01 UTC, where it says that they were treated
    as `expected`; None where it does not."""
    with suppress(_arrow().ArrowInvalid, OSError), _parquet().ParquetFile(path) as file:
        said = file.metadata.metadata or {}
        if said.get(_TREATED) == expected.encode():
            return int(said[_SEAL].split()[-1])
    return None


def sealed_as(path: Path) -> tuple[RawEvents, Iterator[bytes]] | None:
    """What a seal says of the events of a file, and their identities in order; None where something in it is none."""
    with _opened(path) as file:
        raw, identities = _digest(file), _identities(file)
    if raw is None or identities is None:
        return None
    return raw, (identity.as_py() for identity in identities.sort())


def is_of(layout: Any, seal: RowMapping, warehouse: str) -> bool:  # noqa: ANN401  (pyarrow has no types)
    """Whether a file says of itself, by its Arrow schema, that it is of a seal of a warehouse."""
    return bool(
        layout.names == schema().names
        and (layout.metadata or {}).get(_SEAL) == _name_of_seal(seal["sealed_at"], warehouse)
    )


def rows_of(path: Path) -> Iterator[list[dict[str, Any]]]:
    """The rows of a file, some at a time, with times and days as the warehouse counts them."""
    arrow = _arrow()
    numbers = arrow.schema([(field.name, _counted(field.type)) for field in schema()])
    with _opened(path) as file:
        for batch in file.iter_batches(batch_size=ROWS_AT_A_TIME):
            yield arrow.Table.from_batches([batch]).cast(numbers).to_pylist()


@cache
def schema() -> Any:  # noqa: ANN401
    """The columns of a file: those of the view `raw_events`, with `log_folder`, the name of the folder in which an
    event's log was first read, in the place of the identity."""
    arrow = _arrow()
    at, text = arrow.timestamp("us", tz="UTC"), arrow.string()
    return arrow.schema(
        [
            ("sensor", text),
            ("session_id", text),
            ("matcher", text),
            ("event_type", text),
            ("event_timestamp", at),
            ("event_date", arrow.date32()),
            ("src_ip", text),
            ("payload", text),
            ("log_folder", text),
            ("log_file_id", arrow.int64()),
            ("byte_offset", arrow.int64()),
            ("ingested_at", at),
        ]
    )


def _groups(rows: Iterable[list[dict[str, Any]]], layout: Any) -> Iterator[list[Any]]:  # noqa: ANN401
    """Rows as Arrow batches, as many as a row group takes."""
    group: list[Any] = []
    for some in rows:
        group.append(_arrow().RecordBatch.from_pylist(some, schema=layout))
        if sum(batch.nbytes for batch in group) >= _GROUP_BYTES:
            yield group
            group = []
    if group:
        yield group


def _counted(kind: Any) -> Any:  # noqa: ANN401
    types, arrow = _arrow().types, _arrow()
    if types.is_timestamp(kind):
        return arrow.int64()
    return arrow.int32() if types.is_date32(kind) else kind


def _name_of_seal(sealed_at: int, warehouse: str) -> bytes:
    return f"{warehouse} {sealed_at}".encode()


def _digest(file: Any) -> RawEvents | None:  # noqa: ANN401
    """As `seals.raw_events_of_day`, of what a file holds; None where something in it is no event.

    Its order is another: the events are taken in the order of their identities in parts, each a reading of the file, so
    memory holds some payloads only, however long the day.
    """
    from pyarrow import compute  # noqa: PLC0415

    identities = _identities(file)
    if identities is None:
        return None
    digest = blake2b(digest_size=32)
    order = compute.sort_indices(identities)
    size = len(order) // _parts(file) + 1
    for begin in range(0, len(order), size):
        places = order.slice(begin, size).to_pylist()
        payloads = _payloads(file, places)
        for place, identity in zip(places, identities.take(order.slice(begin, size)).to_pylist(), strict=True):
            content = payloads.pop(place)
            digest.update(identity + len(content).to_bytes(8, "big"))
            digest.update(content)
    return RawEvents(len(identities), digest.digest())


def _read_others(file: Any) -> None:  # noqa: ANN401
    """Read what no seal covers, such as times and places: a page that is not as it was written raises OSError."""
    names = [name for name in file.schema_arrow.names if name not in _SEALED]
    for _ in file.iter_batches(batch_size=ROWS_AT_A_TIME, columns=names):
        pass


def _identities(file: Any) -> Any:  # noqa: ANN401
    """The identities of a file's events in its order, an Arrow array; None where something in it is no event."""
    arrow = _arrow()
    found = [arrow.array([], arrow.binary(16))]
    for batch in file.iter_batches(batch_size=ROWS_AT_A_TIME, columns=_SEALED):
        some = identities_of(batch["payload"].to_pylist(), batch["log_folder"].to_pylist())
        if None in some:
            return None
        found.append(arrow.array(some, arrow.binary(16)))
    return arrow.concat_arrays(found)


def _parts(file: Any) -> int:  # noqa: ANN401
    position = file.schema_arrow.names.index("payload")
    groups = (file.metadata.row_group(number).column(position) for number in range(file.num_row_groups))
    return int(sum(group.total_uncompressed_size for group in groups) // _PAYLOADS_AT_A_TIME + 1)


def _payloads(file: Any, places: Sequence[int]) -> dict[int, bytes]:  # noqa: ANN401
    """The payloads at some places of a file, as UTF-8."""
    wanted, found, first = set(places), dict[int, bytes](), 0
    for batch in file.iter_batches(batch_size=ROWS_AT_A_TIME, columns=["payload"]):
        for place, payload in enumerate(batch["payload"].cast(_arrow().binary()), first):
            if place in wanted:
                found[place] = payload.as_py()
        first += batch.num_rows
    return found


def _opened(path: Path) -> Any:  # noqa: ANN401
    return _parquet().ParquetFile(path, page_checksum_verification=True)


def _arrow() -> Any:  # noqa: ANN401
    try:
        import pyarrow  # noqa: PLC0415  (an extra)
    except ImportError:
        raise ArchiveError(f"pyarrow is not installed: {EXTRA}") from None
    return pyarrow


def _parquet() -> Any:  # noqa: ANN401
    _arrow()
    import pyarrow.parquet  # noqa: PLC0415

    return pyarrow.parquet
