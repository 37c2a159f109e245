"""Which days there are, and which of them the summaries have not taken in yet: questions that change nothing."""

from datetime import date

from sqlalchemy import Connection

from cowrie_assets.clock import day_of_number
from cowrie_assets.summaries.check_results import day_window
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.sql import statement


def pending_days(warehouse: Warehouse) -> list[date]:
    """The days with something that the summaries have not taken in, oldest first."""
    with warehouse.read() as connection:
        return [day_of_number(number) for number in pending_numbers(connection)]


def pending_numbers(connection: Connection) -> list[int]:
    """The same as numbers (`clock.day_number`)."""
    return list(connection.execute(statement("summaries/pending_days")).scalars())


def days_with_data(warehouse: Warehouse, start: date | None = None, end: date | None = None) -> list[date]:
    """The days from `start` to `end`, both inclusive, that hold events or on which a summary places a session."""
    with warehouse.read() as connection:
        numbers = connection.execute(statement("summaries/days_with_data"), day_window(start, end)).scalars()
        return [day_of_number(number) for number in numbers]
