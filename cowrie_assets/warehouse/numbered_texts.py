"""What the numbers of a dictionary stand for: each is looked up once, many of them at a time."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Table

from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.number_lists import ROWS, as_value
from cowrie_assets.warehouse.sql import looked_up

_MOST_CHARACTERS = 8 * 1024 * 1024
_OF_A_NUMBER = 100
"""Characters that a remembered number counts for, beside its text."""


class _NotThere:
    """What a number stands for that the dictionary does not have: equal to nothing but itself."""


NOT_THERE: Final = _NotThere()


class NumberedTexts:
    """The texts of a dictionary by their numbers, as they stood when they were looked up; some 8 MiB of them are
    remembered."""

    def __init__(self, table: Table, column: str) -> None:
        self._select = (
            f"SELECT named.id, named.{column} FROM ({{numbers}}) AS given\n"  # noqa: S608  (names of our own schema)
            f"CROSS JOIN {table.name} AS named -- looked up by id = given.number\n"
            "WHERE named.id = given.number"
        )
        self._known: dict[Any, Any] = {None: None}
        self._characters = 0

    def look_up(self, connection: Connection, *columns: Iterable[int | None]) -> None:
        """Have the texts of all numbers in `columns` at hand, until the next look-up."""
        wanted: set[Any] = set().union(*columns)
        if self._characters > _MOST_CHARACTERS:
            self._known, self._characters = {None: None}, 0
        unknown = wanted.difference(self._known)
        if not unknown:
            return
        self._known |= dict.fromkeys(unknown, NOT_THERE)
        dialect = connection.dialect.name
        query = looked_up(self._select.format(numbers=ROWS[dialect]), dialect)
        found = connection.exec_driver_sql(query, (as_value(unknown, dialect),)).all()
        self._known |= {number: decode_text(text) for number, text in found}
        self._characters += sum(len(text) for _, text in found) + len(unknown) * _OF_A_NUMBER

    def of(self, numbers: Sequence[int | None]) -> list[Any]:
        """Their texts as they were before they were stored: None for None, NOT_THERE for one that stands for nothing.
        Raises KeyError for a number that was not looked up."""
        return list(map(self._known.__getitem__, numbers))
