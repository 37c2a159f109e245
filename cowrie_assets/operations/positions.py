"""How far the warehouse is, and how far it has to be read for a day's or a report's figures to be right.

A position is four numbers that only rise. Figures that were read when the warehouse stood at one position are those of
today where that position reaches the one that they follow from: one comparison, whoever wrote since.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Self

from sqlalchemy import Connection, select

from cowrie_assets.clock import day_of_number
from cowrie_assets.reports.periods import Period, ReportType, parse_period
from cowrie_assets.warehouse.schema import reports
from cowrie_assets.warehouse.sql import statement

_VERSION = re.compile("events-([0-9]{1,19})-changes-([0-9]{1,19})-reads-([0-9]{1,19})-reports-([0-9]{1,19})")


@dataclass(frozen=True, slots=True)
class Position:
    """Where a warehouse stands; 0 where something has no part in it."""

    events: int = 0
    """The newest `events.id`."""
    changes: int = 0
    """The newest `changed_days.revision`."""
    reads: int = 0
    """When a log was read last, in microseconds since 1970-01-01 UTC."""
    reports: int = 0
    """When a report was written last, in the same unit."""

    @classmethod
    def of_version(cls, version: str) -> Self | None:
        """The position that `version` writes; None where it is none."""
        match = _VERSION.fullmatch(version)
        return cls(*map(int, match.groups())) if match else None

    @property
    def version(self) -> str:
        """The position as text: what Dagster keeps as the data version of what was read then."""
        return f"events-{self.events}-changes-{self.changes}-reads-{self.reads}-reports-{self.reports}"

    def reaches(self, other: "Position") -> bool:
        """Whether it is as far as `other` in everything."""
        return (
            self.events >= other.events
            and self.changes >= other.changes
            and self.reads >= other.reads
            and self.reports >= other.reports
        )

    def may_follow(self, other: "Position") -> bool:
        """Whether a warehouse that stands here can have stood at `other`: else that was another warehouse.

        Events do not tell: the newest may be taken out, as a duplicate.
        """
        return self.changes >= other.changes and self.reads >= other.reads


def position(connection: Connection) -> Position:
    """Where the warehouse stands in this snapshot."""
    return Position(*connection.execute(statement("operations/position")).one())


def day_positions(connection: Connection) -> dict[date, Position]:
    """What the figures of each day follow from, of each day that has events or sessions, or on which a log begins."""
    rows = connection.execute(statement("operations/day_positions"))
    return {day_of_number(row.day): Position(row.events, row.changes, row.reads) for row in rows}


def report_positions(connection: Connection, report_type: ReportType) -> dict[Period, Position]:
    """What the figures of each written report follow from: its writing."""
    columns = select(reports.c.period, reports.c.generated_at).where(reports.c.report_type == report_type)
    return {
        parse_period(report_type, row.period): Position(reports=row.generated_at) for row in connection.execute(columns)
    }
