"""Whether a report can still change by itself: its period runs, or a day of it was loaded and not yet summarised."""

from datetime import date

from cowrie_assets.clock import day_of_number
from cowrie_assets.reports.figures import Scope


def missing_days(scope: Scope) -> list[date]:
    """The days of the period, and the two beside it, with loaded events that a summary lacks, in order.

    Those beside it count because a session spans midnight.
    """
    return [day_of_number(day) for day in scope.rows("missing_days").scalars()]


def is_complete(scope: Scope, now_us: int) -> bool:
    """Whether the period is over and nothing that was loaded of it still waits for a summary."""
    return scope.period.is_over(now_us) and not missing_days(scope)
