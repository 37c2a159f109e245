"""What was proved, and as what: the days and reports that `validate` found right, each with its version of then.

A day or a report whose version is another now has changed since; what has no proof was never proved. What is spoiled
in the database without a change of version shows where everything is proved.
"""

import logging
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, delete, select, tuple_
from sqlalchemy.exc import DBAPIError

from cowrie_assets.operations.positions import day_positions
from cowrie_assets.reports.periods import REPORT_TYPES, Period, PeriodError, ReportType, parse_period, period_of
from cowrie_assets.reports.staleness import written_at
from cowrie_assets.warehouse.chunks import MOST_BINDS, chunks
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.errors import WarehouseError
from cowrie_assets.warehouse.schema import proofs
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.write_scope import of_name

_LOG = logging.getLogger(__name__)
_DAY = "day"
Subject = tuple[str, str]
"""`("day", "2026-08-31")`, or a report's type and period."""


@dataclass(frozen=True, slots=True)
class Unproved:
    """What changed since its proof, or has none."""

    days: tuple[date, ...]
    periods: tuple[Period, ...]
    """Those with one of the days, and those whose reports were written since."""

    @property
    def stretches(self) -> list[tuple[date, date]]:
        """The days, as stretches of days that follow each other: (first, last), both inclusive."""
        found: list[tuple[date, date]] = []
        for day in self.days:
            if found and day - found[-1][1] == timedelta(days=1):
                found[-1] = (found[-1][0], day)
            else:
                found.append((day, day))
        return found


def versions(connection: Connection) -> dict[Subject, str]:
    """The version of each day with data, and of each report that was written."""
    found = {(_DAY, day.isoformat()): each.mark for day, each in day_positions(connection).items()}
    for report_type in REPORT_TYPES:
        found |= {(report_type, period.label): str(at) for period, at in written_at(connection, report_type).items()}
    return found


def unproved(connection: Connection, today: Mapping[Subject, str]) -> Unproved:
    """What of the versions of `today` is not the one that was proved; a proved day that has nothing any more, too."""
    proved = {(row.subject, row.name): row.version for row in connection.execute(select(proofs))}
    changed = [each for each in today if proved.get(each) != today[each]]
    changed += [each for each in proved if each not in today]
    days = sorted(date.fromisoformat(name) for subject, name in changed if subject == _DAY)
    periods = {parse_period(_type_of(subject), name) for subject, name in changed if subject != _DAY}
    for report_type in REPORT_TYPES:
        for day in days:
            with suppress(PeriodError):  # it reaches beyond the calendar
                periods.add(period_of(report_type, day))
    return Unproved(tuple(days), tuple(sorted(periods, key=lambda period: (period.start, period.end))))


def record(warehouse: Warehouse, proved: Mapping[Subject, str], unfit: Collection[Subject], *, proved_at: int) -> None:
    """Keep that these versions were proved, and forget the proofs of what is `unfit`: wrong, or gone.

    `proved_at` is in microseconds since 1970-01-01 UTC: when the look at the versions began. A database that cannot be
    written keeps what it has, and more is proved again than has to be.
    """
    rows = [
        {"subject": subject, "name": name, "version": version, "proved_at": proved_at}
        for (subject, name), version in sorted(proved.items())
    ]
    try:
        with warehouse.write(of_name("proofs")) as connection:
            if rows:
                connection.execute(statement("operations/record_proof"), rows)
            for some in chunks(sorted(unfit), MOST_BINDS // 2):
                connection.execute(delete(proofs).where(tuple_(proofs.c.subject, proofs.c.name).in_(some)))
    except (DBAPIError, WarehouseError) as error:
        _LOG.warning("what was proved is not recorded: %s", getattr(error, "orig", error))


def subjects(days: Iterable[date] = (), periods: Iterable[Period] = ()) -> set[Subject]:
    """Days and reports as the keys of `versions`."""
    return {*((_DAY, day.isoformat()) for day in days), *((each.report_type, each.label) for each in periods)}


def is_day(subject: Subject) -> bool:
    """Whether it is a day, not a report."""
    return subject[0] == _DAY


def _type_of(subject: str) -> ReportType:
    return next(each for each in REPORT_TYPES if each == subject)
