"""Sealing days, taking their raw events out, and the ways back.

A sealed day is settled: refreshes, rebuilds and reparses pass it by, and loads store nothing more of it. Its raw events
may leave the warehouse; what is left proves by digest that the same come back.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, select, update

from cowrie_assets import clock
from cowrie_assets.activity import phase
from cowrie_assets.amounts import counted
from cowrie_assets.clock import day_number, day_of_number
from cowrie_assets.cowrie.privacy import Way
from cowrie_assets.ingest.rederive import Rederiver
from cowrie_assets.ingest.sealed_events import filter_sealed
from cowrie_assets.ingest.treated_days import dropped_without_key
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.differences import compare_day
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.summaries.seals import RawEvents, raw_events_of_day, write_seal
from cowrie_assets.warehouse import day_versions
from cowrie_assets.warehouse.bulk_insert import Group, insert_new_events, insert_rows
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.codec import Utf8
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.errors import WarehouseError
from cowrie_assets.warehouse.month_partitions import add_month_partitions
from cowrie_assets.warehouse.refresh_queue import queue_days
from cowrie_assets.warehouse.schema import (
    event_days,
    events,
    events_behind_seal,
    sealed_hours,
    sealed_identities,
    seals,
    treated_days,
)
from cowrie_assets.warehouse.sql import statement

_COLUMNS = tuple(column.name for column in events.columns if column.name != "id")
_AT_A_TIME = 2_000
_ROUNDS = 100
"""How often a day is summarised again that a load adds events to while it is to be sealed."""


class SealError(WarehouseError):
    """A day that cannot be sealed or unsealed as it stands; its message says why."""


@dataclass(slots=True)
class SealResult:
    """What was sealed or unsealed."""

    days: list[date] = field(default_factory=list)
    events: int = 0
    late: int = 0
    """Events that had come too late, and are taken in now."""
    unreadable: int = 0
    """Events that had come too late, and that today's reader takes for none: they stay in `late_events`."""
    without_key: int = 0
    """Events of a day hashed by `privacy` that came while its key was not at hand: they stay in `late_events`, for each
    may be one that the day has already."""

    @property
    def span(self) -> str:
        """The days in words."""
        return f"{counted(len(self.days), 'day')} from {self.days[0]} to {self.days[-1]}"


@phase("seal")
def seal(warehouse: Warehouse, start: date | None, end: date, *, progress: ProgressSink = silent) -> SealResult:
    """Seal every day with sessions or events from `start` (open where None) to `end`, inclusive, a transaction a day.

    Summaries that wait are brought up to date first. The transaction that seals a day is alone: what a load beside it
    committed before is summarised and sealed, what it commits behind it is late. Raises SealError at a day that is not
    over, and at one whose summaries are not what its events make them. Any error says which days are sealed by then.
    """
    if end >= clock.today():
        raise SealError(f"{end} is not over: a day that is sealed takes no more events")
    refresh(warehouse, progress=progress)
    bounds = {"first_day": -(2**31) if start is None else day_number(start), "last_day": day_number(end)}
    with warehouse.read() as connection:
        numbers = list(connection.execute(statement("seals/unsealed_days"), bounds).scalars())
    result = SealResult()
    for position, number in enumerate(numbers):
        progress(Progress("seal", position, len(numbers), "days", str(day_of_number(number))))
        with _telling(result, "sealed"):
            sealed = _seal_summarised(warehouse, number, progress)
        if sealed is not None:
            result.events += sealed
            result.days.append(day_of_number(number))
    progress(Progress("seal", len(numbers), len(numbers), "days"))
    return result


@phase("unseal")
def unseal(
    warehouse: Warehouse,
    settings: Settings,
    start: date,
    end: date,
    *,
    as_they_are: bool = False,
    progress: ProgressSink = silent,
) -> SealResult:
    """Open every sealed day from `start` to `end`, inclusive, and take its late events in, a transaction a day; then
    refresh. Late events of days that are sealed no more are taken in as well.

    Raises SealError where raw events of a day have left, or are not those that were sealed; with `as_they_are` these
    are taken for what they are, and the proof is given up. Any error says which days are open by then.
    """
    first, last = day_number(start), day_number(end)
    of_seals = select(seals.c.session_day).where(seals.c.session_day.between(first, last))
    of_late = select(events_behind_seal.c.session_day).where(events_behind_seal.c.session_day.between(first, last))
    with warehouse.read() as connection:
        numbers = sorted(connection.execute(of_seals.union(of_late)).scalars())
    result = SealResult()
    for position, number in enumerate(numbers):
        progress(Progress("unseal", position, len(numbers), "days", str(day_of_number(number))))
        with _telling(result, "open, and summarised by the next `cowrie-assets ingest`"):
            _unseal_day(warehouse, settings, number, result, as_they_are=as_they_are)
    progress(Progress("unseal", len(numbers), len(numbers), "days"))
    refresh(warehouse, progress=progress)
    return result


def remove_raw_events(warehouse: Warehouse, day: date, *, sealed_at: int | None = None) -> int:
    """Take the raw events of a sealed day out of the warehouse, and tell how many there were; its logs count them as
    archived. Raises SealError where they are not those that were sealed, and where the day's seal is not the one of
    `sealed_at`, in microseconds since 1970-01-01 UTC (None: whichever it is)."""
    number = day_number(day)
    with warehouse.write() as connection:
        found = _seal_of(connection, number)
        if sealed_at is not None and found["sealed_at"] != sealed_at:
            raise SealError(f"{day} was sealed anew meanwhile: run the command again")
        raw = _require_raw_events(connection, found)
        for name in ("keep_tunnels", "keep_hours"):
            connection.execute(statement(f"seals/{name}"), {"day": number})
        days = _count_archived(connection, number, 1)
        for name in ("remove_events_of_sessions", "remove_events_of_none"):
            connection.execute(statement(f"seals/{name}"), {"day": number})
        _set_removed(connection, number, clock.now_us())
        day_versions.renew(connection, event_days, days)
    return raw.events


def put_back_raw_events(
    warehouse: Warehouse, day: date, rows: Callable[[Connection], Iterable[Mapping[str, Any]]]
) -> int:
    """Put the raw events of a sealed day back, as rows of `events` with the columns that they had (`id` aside), and
    tell how many there are; `rows` gives them within the transaction. Raises SealError, and puts nothing back, where
    they are not those that were sealed."""
    number = day_number(day)
    with warehouse.write() as connection:
        found = _seal_of(connection, number)
        if found["removed_at"] is None:
            raise SealError(f"the raw events of {day} are in the warehouse")
        some: list[tuple[Any, ...]] = []
        for row in rows(connection):
            some.append(tuple(row[name] for name in _COLUMNS))
            if len(some) == _AT_A_TIME:
                _insert(connection, some)
                some = []
        _insert(connection, some)
        _set_removed(connection, number, None)
        raw = _require_raw_events(connection, _seal_of(connection, number))
        connection.execute(statement("seals/forget_tunnels"), {"day": number})
        connection.execute(delete(sealed_hours).where(sealed_hours.c.session_day == number))
        days = _count_archived(connection, number, -1)
        day_versions.renew(connection, event_days, days)
    return raw.events


@contextmanager
def _telling(result: SealResult, done: str) -> Iterator[None]:
    """Have an error say what was committed before it."""
    try:
        yield
    except WarehouseError as error:
        if not result.days:
            raise
        are = "is" if len(result.days) == 1 else "are"
        raise type(error)(f"{error}. Before that {result.span} {are} {done}") from error


class _WaitsError(Exception):
    """Events of a day came that its summaries have not taken in."""


def _seal_summarised(warehouse: Warehouse, number: int, progress: ProgressSink) -> int | None:
    """Seal a day; summarise it again and again where a load beside this one brings events of it. How many events it
    has; None where somebody else sealed it meanwhile."""
    for _ in range(_ROUNDS):
        with suppress(_WaitsError), warehouse.write() as connection:
            return _seal_day(connection, number)
        refresh(warehouse, progress=progress)
    raise SealError(
        f"{day_of_number(number)} cannot be sealed: a load brings more and more events of it; run the command again "
        "when that one is done"
    )


def _seal_day(connection: Connection, number: int) -> int | None:
    """Raises _WaitsError and SealError."""
    day = day_of_number(number)
    if _find_seal(connection, number) is not None:
        return None
    if connection.execute(statement("seals/waiting"), {"day": number}).scalar_one():
        raise _WaitsError
    wrong = sorted({difference.summary for difference in compare_day(connection, number)})
    if wrong:
        raise SealError(
            f"{day} cannot be sealed: of its {', '.join(wrong)} not every row is what the events make it; "
            f"run `cowrie-assets rebuild --from {day} --to {day}` first"
        )
    return write_seal(connection, number, clock.now_us()).events


def _unseal_day(
    warehouse: Warehouse, settings: Settings, number: int, result: SealResult, *, as_they_are: bool
) -> None:
    with warehouse.write() as connection:
        found = _find_seal(connection, number)
        raw = None if found is None else _require_raw_events(connection, found, as_they_are=as_they_are)
        if raw is not None and not as_they_are:
            _forget_untreated(connection, number)
        _forget_seal(connection, number)
        taken = _take_in_late(connection, number, Rederiver(settings.registry))
        queue_days(connection, [number])
    result.late += taken.late
    result.unreadable += taken.unreadable
    result.without_key += taken.without_key
    if raw is not None:
        result.events += raw.events
        result.days.append(day_of_number(number))


def _forget_untreated(connection: Connection, number: int) -> None:
    """Take out what says that a day is treated which names passwords or addresses as they were written: its seal has
    just proved them. Where they are hashed, and said to be dropped, it says so from then on."""
    query, binds = statement("seals/untreated_days", connection.dialect.name), {"first_day": number, "last_day": number}
    of_day = treated_days.c.session_day == number
    for _, kind, way in connection.execute(query, binds).all():
        if way == Way.DROP:
            of_kind = update(treated_days).where(of_day, treated_days.c.kind == kind)
            connection.execute(of_kind.values(way=int(Way.HASH)))
    for _, kind, _ in connection.execute(query, binds).all():
        connection.execute(delete(treated_days).where(of_day, treated_days.c.kind == kind))


def _find_seal(connection: Connection, number: int) -> RowMapping | None:
    return connection.execute(select(seals).where(seals.c.session_day == number)).mappings().one_or_none()


def _seal_of(connection: Connection, number: int) -> RowMapping:
    found = _find_seal(connection, number)
    if found is None:
        raise SealError(f"{day_of_number(number)} is not sealed")
    return found


def _require_raw_events(connection: Connection, found: RowMapping, *, as_they_are: bool = False) -> RawEvents:
    """Raises SealError where the raw events of a sealed day are not there or, unless `as_they_are` is enough, not those
    that were sealed."""
    day = day_of_number(found["session_day"])
    if found["removed_at"] is not None:
        raise SealError(f"the raw events of {day} are not in the warehouse: put them back first")
    raw = raw_events_of_day(connection, found["session_day"])
    if not as_they_are and raw != RawEvents(found["events"], bytes(found["raw_digest"])):
        raise SealError(
            f"the raw events of {day} are not those that were sealed: {counted(found['events'], 'event')} then, "
            f"{raw.events:,} now; `cowrie-assets unseal --as-they-are {day} {day}` opens it all the same"
        )
    return raw


def _set_removed(connection: Connection, number: int, at: int | None) -> None:
    connection.execute(update(seals).where(seals.c.session_day == number).values(removed_at=at))


def _count_archived(connection: Connection, number: int, sign: int) -> set[int]:
    """Have the logs count the raw events of a day, which are there at this moment, as archived (`sign` 1) or as events
    (-1); the days on which they lie."""
    days: set[int] = set()
    for log_id, event_day, count in connection.execute(statement("seals/logs_of_day"), {"day": number}).all():
        connection.execute(statement("seals/count_archived"), {"log_id": log_id, "events": sign * count})
        days.add(event_day)
    return days


def _insert(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    if connection.dialect.name == "postgresql":
        add_month_partitions(connection, {bytes(row[_COLUMNS.index("event_hash")][:4]) for row in rows})
    insert_rows(connection, "events", _COLUMNS, rows)


def _forget_seal(connection: Connection, number: int) -> None:
    for table in (sealed_identities, sealed_hours, seals):
        connection.execute(delete(table).where(table.c.session_day == number))


def _take_in_late(connection: Connection, number: int, rederiver: Rederiver) -> SealResult:
    """Store the late events of a day that is not sealed any more, as a load under today's settings does."""
    of_day = events_behind_seal.c.session_day == number
    late = connection.execute(select(events_behind_seal).where(of_day)).mappings().all()
    dropped = dropped_without_key(connection, number, [row["payload"] for row in late])
    rows = [row for row, is_dropped in zip(late, dropped, strict=True) if not is_dropped]
    taken = SealResult(without_key=len(late) - len(rows))
    for log_id in sorted({row["log_id"] for row in rows}):
        of_log = [{**row, "id": place} for place, row in enumerate(rows) if row["log_id"] == log_id]
        derived = rederiver.values(connection, of_log)
        taken.unreadable += len(of_log) - len(derived)
        if not derived:
            continue
        group = _group([(row, derived[row["id"]]) for row in of_log if row["id"] in derived])
        gone = [row["event_hash"] for row in of_log if row["id"] in derived]
        for some in chunks(gone):
            of_some = events_behind_seal.c.event_hash.in_(some)
            connection.execute(delete(events_behind_seal).where(of_day, of_some))
        filtered = filter_sealed(connection, [group], log_id, clock.now_us())
        binds = {"log_id": log_id, "ingested_at": clock.now_us()}
        inserted = insert_new_events(connection, filtered.groups, binds)
        count = sum(inserted.values())
        connection.execute(statement("seals/count_archived"), {"log_id": log_id, "events": -count})
        day_versions.renew(connection, event_days, inserted)
        taken.late += count
    return taken


def _group(rows: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> Group:
    columns = tuple(name for name in _COLUMNS if name not in ("log_id", "ingested_at"))
    values = [
        {**derived, "byte_offset": stored["byte_offset"], "payload": Utf8(stored["payload"].encode("utf-8"))}
        for stored, derived in rows
    ]
    return columns, [tuple(each[name] for name in columns) for each in values]
