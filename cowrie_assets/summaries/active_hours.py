"""In which hours each sensor wrote an event; the others are gaps. Kept with the sessions."""

from sqlalchemy import Connection

from cowrie_assets.warehouse.sql import statement


def refresh_active_hours(connection: Connection, day: int, first_event_id: int, *, whole: bool) -> tuple[int, int]:
    """Add the hours of a day's events from `first_event_id` on; of the `whole` day, take wrong ones out too.

    Tells how many hours it took out and how many it added.
    """
    removed = connection.execute(statement("summaries/idle_hours"), {"day": day}).rowcount if whole else 0
    added = connection.execute(
        statement("summaries/active_hours"), {"day": day, "first_event_id": first_event_id}
    ).rowcount
    return removed, added


def count_differences(connection: Connection, day: int) -> tuple[int, int]:
    """How many active hours of a day are wrong and how many are missing, by its events."""
    found = connection.execute(statement("checks/active_hours_equal_raw"), {"first_day": day, "last_day": day}).all()
    missing = sum(row.problem == "missing" for row in found)
    return len(found) - missing, missing
