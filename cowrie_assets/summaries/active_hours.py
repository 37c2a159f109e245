"""In which hours each sensor wrote an event; the others are gaps. Kept with the sessions."""

from collections.abc import Collection

from sqlalchemy import Connection

from cowrie_assets.warehouse.sql import statement

ActiveHour = tuple[int, int]
"""Hours since 1970-01-01 UTC, and `sensors.id`."""


def refresh_active_hours(connection: Connection, day: int, first_event_id: int, *, whole: bool) -> tuple[int, int]:
    """Add the hours of a day's events from `first_event_id` on; of the `whole` day, take wrong ones out too.

    Tells how many hours it took out and how many it added.
    """
    removed = connection.execute(statement("summaries/idle_hours"), {"day": day}).rowcount if whole else 0
    added = connection.execute(
        statement("summaries/active_hours"), {"day": day, "first_event_id": first_event_id}
    ).rowcount
    return removed, added


def count_differences(connection: Connection, day: int, seen: Collection[ActiveHour] | None = None) -> tuple[int, int]:
    """How many active hours of a day are wrong and how many are missing, by its events; `seen`: those of its events,
    where the caller has read them."""
    if seen is not None:
        stored = connection.execute(statement("summaries/active_hours_of_day"), {"day": day}).all()
        if len(stored) == len(seen) and all(tuple(hour) in seen for hour in stored):
            return 0, 0
    found = connection.execute(statement("checks/active_hours_equal_raw"), {"first_day": day, "last_day": day}).all()
    missing = sum(row.problem == "missing" for row in found)
    return len(found) - missing, missing
