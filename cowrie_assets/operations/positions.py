"""Which state of the warehouse a day's or a report's figures were read from, and which they follow from today.

A position is of one day or report: it is equal to another one where nothing that its figures follow from has changed in
between, and has no order. What stands in Dagster names the warehouse as well: figures of another one are not of today.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Self

from sqlalchemy import Connection, func, select

from cowrie_assets.clock import day_number, day_of_number
from cowrie_assets.reports.periods import Period, ReportType, parse_period
from cowrie_assets.warehouse.dictionary import digest_of
from cowrie_assets.warehouse.schema import changed_days, event_days, logs, reports, seals, warehouse_identity
from cowrie_assets.warehouse.sql import statement

_LEAST_DAY, _GREATEST_DAY = -(2**31), 2**31 - 1
_VERSION = re.compile("([0-9a-f]{16}):([0-9-]{10}=[0-9a-f]{10}(?:,[0-9-]{10}=[0-9a-f]{10})*)?")


@dataclass(frozen=True, slots=True)
class Position:
    """What figures follow from; 0 where something has no part in them."""

    events: int = 0
    """`event_days.version` of the day."""
    changes: int = 0
    """`changed_days.version` of the day."""
    reads: int = 0
    """When a log that begins on the day was read last, in microseconds since 1970-01-01 UTC."""
    reports: int = 0
    """When the report was written last, in the same unit."""

    @property
    def of_sessions(self) -> "Position":
        """The part of a day's position that the figures of its sessions follow from."""
        return Position(changes=self.changes)

    @property
    def mark(self) -> str:
        """Ten hexadecimal digits that stand for it."""
        return digest_of(str(self.events), str(self.changes), str(self.reads), str(self.reports)).hex()[:10]


@dataclass(frozen=True, slots=True)
class MadeFrom:
    """What the figures of some partitions of an asset were read from: the warehouse by its identity, and the mark of a
    position by partition key."""

    warehouse: str
    marks: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_version(cls, version: str) -> Self | None:
        """What `version` writes; None where it is none."""
        match = _VERSION.fullmatch(version)
        if match is None:
            return None
        pairs = (each.partition("=") for each in (match[2] or "").split(",") if each)
        return cls(match[1], {key: mark for key, _, mark in pairs})

    @property
    def version(self) -> str:
        """It as text: what Dagster keeps as the data version of the partitions."""
        return f"{self.warehouse}:{','.join(f'{key}={mark}' for key, mark in self.marks.items())}"

    def of(self, key: str) -> "MadeFrom":
        """The part of it that is of one partition."""
        return MadeFrom(self.warehouse, {key: self.marks[key]})

    def is_of(self, key: str, position: Position, warehouse: str) -> bool:
        """Whether the figures of a partition were read at `position` of `warehouse`."""
        return self.warehouse == warehouse and self.marks.get(key) == position.mark


def identity(connection: Connection) -> str:
    """What tells this warehouse from any other."""
    return str(connection.execute(select(warehouse_identity.c.identity)).scalar_one())


def state(connection: Connection) -> str:
    """A text that is another one whenever anything was loaded, summed up or written."""
    of_days = [
        list(connection.execute(select(table).order_by(*table.primary_key))) for table in (event_days, changed_days)
    ]
    read = connection.execute(select(func.max(logs.c.last_ingested_at))).scalar()
    written = connection.execute(select(func.max(reports.c.generated_at))).scalar()
    return digest_of(identity(connection), repr(of_days), repr(read), repr(written)).hex()


def day_positions(connection: Connection, first: date | None = None, last: date | None = None) -> dict[date, Position]:
    """What the figures of each day from `first` to `last` (inclusive; open where None) follow from, of each that has
    events or sessions, or on which a log begins."""
    bounds = {
        "first_day": _LEAST_DAY if first is None else day_number(first),
        "last_day": _GREATEST_DAY if last is None else day_number(last),
    }
    rows = connection.execute(statement("operations/day_positions"), bounds)
    return {day_of_number(row.day): Position(row.events, row.changes, row.reads) for row in rows}


def report_positions(connection: Connection, report_type: ReportType) -> dict[Period, Position]:
    """What the figures of each written report follow from: its writing."""
    columns = select(reports.c.period, reports.c.generated_at).where(reports.c.report_type == report_type)
    return {
        parse_period(report_type, row.period): Position(reports=row.generated_at) for row in connection.execute(columns)
    }


def made_from_days(connection: Connection, days: Iterable[date]) -> tuple[MadeFrom, MadeFrom]:
    """What figures of `days` are read from in this snapshot: those of their events, and those of their sessions."""
    wanted = sorted(set(days))
    found = day_positions(connection, wanted[0], wanted[-1]) if wanted else {}
    positions = {day.isoformat(): found.get(day, Position()) for day in wanted}
    warehouse = identity(connection)
    return (
        MadeFrom(warehouse, {key: position.mark for key, position in positions.items()}),
        MadeFrom(warehouse, {key: position.of_sessions.mark for key, position in positions.items()}),
    )


def made_from_reports(connection: Connection, keys: Mapping[str, Period]) -> MadeFrom:
    """What figures of reports, by partition key, are read from in this snapshot."""
    positions = {kind: report_positions(connection, kind) for kind in {each.report_type for each in keys.values()}}
    marks = {key: positions[period.report_type].get(period, Position()).mark for key, period in keys.items()}
    return MadeFrom(identity(connection), marks)


def days_that_left(connection: Connection) -> dict[date, int]:
    """The sealed days whose raw events left the warehouse for the archive, with the number of these, in order."""
    columns = select(seals.c.session_day, seals.c.events).where(seals.c.removed_at.isnot(None))
    rows = connection.execute(columns.order_by(seals.c.session_day))
    return {day_of_number(row.session_day): row.events for row in rows}


def made_from_seals(connection: Connection, days: Iterable[date]) -> MadeFrom:
    """What the archive's files of `days` are made from in this snapshot: the seal of each, and whether its raw events
    are in the warehouse."""
    found = {seal.session_day: seal for seal in connection.execute(select(seals))}
    marks = {}
    for day in days:
        seal = found.get(day_number(day))
        of_seal = () if seal is None else (seal.raw_digest.hex(), str(seal.sealed_at), str(seal.removed_at))
        marks[day.isoformat()] = digest_of(*of_seal).hex()[:10]
    return MadeFrom(identity(connection), marks)
