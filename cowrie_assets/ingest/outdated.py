"""Which stored events were derived under other settings or by an older reader than today's, told from the ledger."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row

from cowrie_assets.amounts import counted
from cowrie_assets.cowrie.event import READER_VERSION
from cowrie_assets.ingest.sealed_events import has_seals
from cowrie_assets.ingest.sources import Sources
from cowrie_assets.sensor_registry import SensorRegistry
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.sql import statement

COMMAND = "run `cowrie-assets reparse`"
_NAMED = 5
"""Renamed folders that a sentence names."""


@dataclass(frozen=True, slots=True)
class Outdated:
    """The logs, by `logs.id`, whose events other settings, an older reader or a folder's former name made what they
    are, with the number of their events: so many at most."""

    other_settings: frozenset[int] = frozenset()
    events: int = 0
    """Of the logs of `other_settings`: other names, aliases, folders, uuids or clock offsets, or an older reader."""
    moved: frozenset[int] = frozenset()
    """Logs whose folder has another name today, and whose events name no sensor of their own."""
    moved_events: int = 0
    renamed_folders: tuple[tuple[str, str], ...] = ()
    """The former and today's names of the folders of `moved`."""
    has_seals: bool = False
    """Days are sealed, which a reparse passes by: some of these events may be theirs."""

    def sentences(self) -> list[str]:
        """What is told of them, with the command that mends it; nothing where all is as today's settings make it."""
        return [*self.of_settings(), *self.of_folders()]

    def of_settings(self) -> list[str]:
        """What is told of events that the sensors file or the code would make others today."""
        if not self.other_settings:
            return []
        were_derived = counted(self.events, "stored event was derived", "stored events were derived")
        return [f"up to {were_derived} under other settings or by an older reader: {COMMAND}{self._of_seals}"]

    def of_folders(self) -> list[str]:
        """What is told of logs whose folder was renamed or that were moved to another one."""
        if not self.moved:
            return []
        names = ", ".join(f"{old!r} is now {new!r}" for old, new in self.renamed_folders[:_NAMED])
        more = f" and {len(self.renamed_folders) - _NAMED} more" if len(self.renamed_folders) > _NAMED else ""
        keep = counted(self.moved_events, "stored event keeps", "stored events keep")
        return [
            f"up to {keep} the former name of their log's folder as their sensor "
            f"({names}{more}): {COMMAND} to take today's, or give the former one as an alias in the sensors file"
            f"{self._of_seals}"
        ]

    @property
    def _of_seals(self) -> str:
        return "; what belongs to sealed days stays as it is until these are unsealed" if self.has_seals else ""


def outdated(connection: Connection, registry: SensorRegistry) -> Outdated:
    """Compare what the events of each log were derived as with what they would be derived as today.

    One look at `log_origins` where nothing differs; no event is read.
    """
    sources = Sources(registry)
    groups = connection.execute(statement("ingest/derivations")).all()
    if not any(is_outdated(group, sources) or _is_moved(group, sources) for group in groups):
        return Outdated()
    events: dict[int, int] = {}
    other: set[int] = set()
    moved: set[int] = set()
    renamed: set[tuple[str, str]] = set()
    for row in connection.execute(statement("ingest/derivations_of_logs")):
        events[row.log_id] = row.events
        if is_outdated(row, sources):
            other.add(row.log_id)
        if _is_moved(row, sources):
            moved.add(row.log_id)
            renamed.add((decode_text(row.written_sensor), _name(row)))
    return Outdated(
        frozenset(other),
        sum(events[log] for log in other),
        frozenset(moved),
        sum(events[log] for log in moved),
        tuple(sorted(renamed)),
        has_seals=has_seals(connection),
    )


def is_outdated(row: Row[Any], sources: Sources) -> bool:
    """Whether today's settings and reader derive events of such an origin otherwise."""
    if row.reader != READER_VERSION:
        return True
    written, uuid = decode_text(row.written_sensor), decode_text(row.uuid)
    sensor = sources.of("", _folder(row)).sensor_of(written, uuid)
    return (sensor, sources.clock_offsets.get(sensor, 0)) != (decode_text(row.sensor), row.clock_offset_us)


def _is_moved(row: Row[Any], sources: Sources) -> bool:
    """Whether the folder's name stands for the sensor, and today's name of it for another one."""
    written, uuid = decode_text(row.written_sensor), decode_text(row.uuid)
    if not row.named_by_folder or written == _name(row):
        return False
    source = sources.of("", _folder(row))
    return source.sensor_of(written, uuid) != source.sensor_of(_name(row), uuid)


def _folder(row: Row[Any]) -> Path:
    return Path(decode_text(row.lies_in))


def _name(row: Row[Any]) -> str:
    return _folder(row).name or "/"
