"""Whether a report can still change by itself: its period runs, or a day of it was loaded and not yet summarised."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection

from cowrie_assets.clock import day_number, day_of_number
from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.periods import Period
from cowrie_assets.warehouse.sql import statement


def days_looked_at(period: Period) -> range:
    """The days, as numbers, that the report of a period waits for: its own and the two beside it.

    Those beside it count because a session spans midnight.
    """
    return range(day_number(period.start) - 1, day_number(period.end) + 1)


def missing_days(scope: Scope) -> list[date]:
    """The days that the report waits for with loaded events that a summary lacks, in order."""
    return [day_of_number(day) for day in scope.rows("missing_days").scalars()]


def without_missing_days(connection: Connection, periods: Collection[Period]) -> list[Period]:
    """Those of `periods` whose reports would not wait for a day, if they were written now."""
    if not periods:
        return []
    binds = {
        "start_day": min(day_number(period.start) for period in periods),
        "end_day": max(day_number(period.end) for period in periods),
    }
    missing = set(connection.execute(statement("reports/missing_days"), binds).scalars())
    return [period for period in periods if missing.isdisjoint(days_looked_at(period))]


def is_complete(scope: Scope, now_us: int) -> bool:
    """Whether the period is over and nothing that was loaded of it still waits for a summary."""
    return scope.period.is_over(now_us) and not missing_days(scope)
