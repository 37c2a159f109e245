"""The queue of what is loaded and not yet summarised, as a refresh takes it in: see `ingest.waiting`."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from cowrie_assets.warehouse.sql import statement


@dataclass(frozen=True, slots=True)
class Taken:
    """What the queue held of a day when it was taken."""

    whole: bool
    """Everything of the day is to be made anew."""
    first_event_id: int | None
    """No new event of the day has a lesser `events.id`; None where no event is new."""


def take(connection: Connection, day: int) -> Taken:
    """Look at what waits of a day, and remember which it is in `taken_steps`. What others write to the queue meanwhile
    stays there, also where the statements that follow see its events already."""
    number = "BIGINT" if connection.dialect.name == "postgresql" else "INTEGER"
    connection.execute(text(f"CREATE TEMPORARY TABLE IF NOT EXISTS taken_steps (step {number} PRIMARY KEY)"))
    connection.execute(text("DELETE FROM taken_steps"))
    connection.execute(statement("summaries/take_steps"), {"day": day})
    row = connection.execute(statement("summaries/taken"), {"day": day}).one()
    return Taken(bool(row.whole), row.first_event_id)


def remove_taken(connection: Connection, day: int) -> None:
    """Take out of the queue what was taken of a day. Give it the transaction that took it in."""
    connection.execute(statement("summaries/remove_waiting"), {"day": day})
