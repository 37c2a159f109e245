"""Raw events of sealed days as Parquet files, out of the warehouse, and back.

No table lists the files: what is taken out of the warehouse was read from its file just before, and compared with the
day's seal (`archives.day_files`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from cowrie_assets import clock
from cowrie_assets.activity import phase
from cowrie_assets.archives import day_files
from cowrie_assets.archives.day_files import DayFile
from cowrie_assets.archives.errors import ArchiveError
from cowrie_assets.archives.places import Place
from cowrie_assets.archives.settings import ArchiveSettings
from cowrie_assets.clock import day_number, day_of_number
from cowrie_assets.ingest.rederive import values_as_archived
from cowrie_assets.ingest.resolving import Resolver
from cowrie_assets.ingest.sources import StoredSources
from cowrie_assets.operations.positions import identity
from cowrie_assets.operations.seal import put_back_raw_events, remove_raw_events
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.sensor_registry import SensorRegistry
from cowrie_assets.warehouse.codec import encode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import seals
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.text_collection import collect_texts


@dataclass(slots=True)
class ArchiveResult:
    """What was done to which days."""

    days: list[date] = field(default_factory=list)
    events: int = 0
    size_bytes: int = 0
    """Of the files that were written."""
    payload_bytes: int = 0
    """Of the JSON in them."""
    texts: int = 0
    """Those that nothing named any more behind it: they are removed."""
    passed_by: list[date] = field(default_factory=list)
    """Sealed days whose raw events stay, because no file of the archive holds just these."""


@dataclass(frozen=True, slots=True)
class ArchivedDay:
    """A sealed day, and its file in an archive."""

    day: date
    has_left: bool
    """Its raw events are in the archive alone."""
    file: DayFile | None
    """None where there is no file that holds just the raw events that were sealed."""


@phase("archive")
def archive(
    warehouse: Warehouse, place: Place, start: date | None, before: date, *, progress: ProgressSink = silent
) -> ArchiveResult:
    """Write the raw events of each sealed day from `start` (open where None) to before `before` that are in the
    warehouse to a file of its own, and prove it. A file that is there and right stays. Raises ArchiveError where the
    events are not those that were sealed."""
    result = ArchiveResult()
    for day, seal, mark in _each(warehouse, start, before, removed=False, told=("archive", progress)):
        with place.fetched(day_files.name_of(day)) as path:
            if day_files.holds(path, seal, mark):
                continue
        with warehouse.read() as connection:
            file = write_file(connection, place, seal, mark)
        result.size_bytes += file.size_bytes
        result.payload_bytes += file.payload_bytes
        result.days.append(day)
        result.events += seal["events"]
    return result


@phase("prune")
def prune(
    warehouse: Warehouse, place: Place, start: date | None, before: date, *, progress: ProgressSink = silent
) -> ArchiveResult:
    """Take the raw events of each sealed day from `start` (open where None) to before `before` out of the warehouse, a
    transaction a day, where its file, read to its end, holds just those that were sealed; then the texts that nothing
    names any more. Raises SealError where the warehouse holds others."""
    result = ArchiveResult()
    for day, seal, mark in _each(warehouse, start, before, removed=False, told=("prune", progress)):
        with place.fetched(day_files.name_of(day)) as path:
            is_proved = day_files.holds(path, seal, mark)
        if not is_proved:
            result.passed_by.append(day)
            continue
        result.events += remove_raw_events(warehouse, day, sealed_at=seal["sealed_at"])
        result.days.append(day)
    if result.days:
        result.texts = collect_texts(warehouse, progress=progress).texts
    return result


@phase("unarchive")
def unarchive(
    warehouse: Warehouse, place: Place, start: date, end: date, *, progress: ProgressSink = silent
) -> ArchiveResult:
    """Put the raw events of each sealed day from `start` to `end`, inclusive, that left the warehouse back into it, a
    transaction a day. Raises ArchiveError where a day's file is not there or holds others; days before it are back."""
    result = ArchiveResult()
    before = end + timedelta(days=1)
    for day, seal, mark in _each(warehouse, start, before, removed=True, told=("unarchive", progress)):
        name = day_files.name_of(day)
        with place.fetched(name) as path:
            if path is None or not day_files.holds(path, seal, mark):
                raise ArchiveError(f"{place.label(name)} is not there, or does not hold the events of {day} that left")
            result.events += put_back_raw_events(warehouse, day, _Returning(path, day).rows)
        result.days.append(day)
    return result


def archived_days(
    warehouse: Warehouse,
    place: Place,
    start: date | None,
    before: date,
    *,
    only_left: bool = False,
    progress: ProgressSink = silent,
) -> Iterator[ArchivedDay]:
    """Sealed days from `start` (open where None) to before `before`, the oldest first, each with its file, read to its
    end; with `only_left` those whose raw events left the warehouse."""
    removed = True if only_left else None
    for day, seal, mark in _each(warehouse, start, before, removed=removed, told=("read the archive", progress)):
        with place.fetched(day_files.name_of(day)) as path:
            is_right = path is not None and day_files.holds(path, seal, mark)
            file = day_files.described(path) if path is not None and is_right else None
        yield ArchivedDay(day, seal["removed_at"] is not None, file)


def due_days(connection: Connection, settings: ArchiveSettings, place: Place) -> list[date]:
    """The days that are old enough to be archived, or to leave the warehouse, and did not yet, the oldest first. A file
    is taken for what its name says: it is read before anything leaves."""
    if settings.archive_after is None:
        return []
    today = day_number(clock.today())
    last = today - settings.archive_after
    unsealed = connection.execute(statement("seals/unsealed_days"), {"first_day": -(2**31), "last_day": last}).scalars()
    days = set(map(day_of_number, unsealed))
    of_seals = select(seals.c.session_day).where(seals.c.session_day <= last, seals.c.removed_at.is_(None))
    names = place.names()
    for number in connection.execute(of_seals).scalars():
        leaves = settings.prune_after is not None and number <= today - settings.prune_after
        if leaves or day_files.name_of(day_of_number(number)) not in names:
            days.add(day_of_number(number))
    return sorted(days)


@dataclass(frozen=True, slots=True)
class _Returning:
    """The rows of `events` that a day's file gives."""

    path: Path
    day: date

    def rows(self, connection: Connection) -> Iterator[Mapping[str, Any]]:
        resolver = Resolver()
        for some in day_files.rows_of(self.path):
            for values in values_as_archived(connection, resolver, some):
                if values is None:
                    raise ArchiveError(
                        f"events of {self.day} are none for this version of cowrie-assets: nothing is back"
                    )
                yield values


def _each(
    warehouse: Warehouse, start: date | None, before: date, *, removed: bool | None, told: tuple[str, ProgressSink]
) -> Iterator[tuple[date, RowMapping, str]]:
    """Sealed days from `start` (open where None) to before `before`, the oldest first, whose raw events left the
    warehouse or are there (None: either); each with its seal and the warehouse's identity."""
    name, progress = told
    chosen = select(seals).where(seals.c.session_day < day_number(before)).order_by(seals.c.session_day)
    if start is not None:
        chosen = chosen.where(seals.c.session_day >= day_number(start))
    if removed is not None:
        chosen = chosen.where(seals.c.removed_at.isnot(None) if removed else seals.c.removed_at.is_(None))
    with warehouse.read() as connection:
        found, mark = connection.execute(chosen).mappings().all(), identity(connection)
    for position, seal in enumerate(found):
        day = day_of_number(seal["session_day"])
        progress(Progress(name, position, len(found), "days", str(day)))
        yield day, seal, mark
    progress(Progress(name, len(found), len(found), "days"))


def write_file(connection: Connection, place: Place, seal: RowMapping, mark: str) -> DayFile:
    """Write one day's file. It is put in its place once it was read back."""
    day = day_of_number(seal["session_day"])
    name = day_files.name_of(day)
    with place.draft(name) as draft:
        day_files.write(draft, _stored(connection, seal["session_day"]), seal["sealed_at"], mark)
        if not day_files.holds(draft, seal, mark):
            raise ArchiveError(f"the raw events of {day} are not those that were sealed: run `cowrie-assets validate`")
        file = day_files.described(draft)
        place.put(draft, name)
    return file


def _stored(connection: Connection, day: int) -> Iterator[list[dict[str, Any]]]:
    """The raw events of a day as its file has them, some at a time."""
    options = {"yield_per": day_files.ROWS_AT_A_TIME}
    found = connection.execute(statement("archive/events_of_day"), {"day": day}, execution_options=options)
    sources = StoredSources(SensorRegistry())
    for some in found.mappings().partitions(day_files.ROWS_AT_A_TIME):
        yield [{**row, "log_folder": encode_text(sources.of(connection, row["log_file_id"]).folder)} for row in some]
