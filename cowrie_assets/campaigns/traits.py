"""What tells one session from another: the forms that it typed, and its marks; how many sessions of a day have each."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection, delete, select

from cowrie_assets.campaigns.marks import Mark
from cowrie_assets.campaigns.sequences import Forms
from cowrie_assets.warehouse.bulk_insert import insert_rows
from cowrie_assets.warehouse.schema import trait_days

FORM = 0
"""The kind of a form; that of a mark is its `MarkKind`."""
Trait = tuple[int, int]
"""Kind, and the token of a form or the `texts.id` of a mark."""
_COLUMNS = ("kind", "value", "session_day", "sessions")


def traits_of(forms: Forms, marks: Iterable[Mark]) -> set[Trait]:
    """The traits of a session."""
    return {*((FORM, form.token) for form in forms), *marks}


def store_traits(connection: Connection, day: int, sessions: Iterable[tuple[Forms, Iterable[Mark]]]) -> None:
    """Have the traits of a day (`clock.day_number`) be those of its sessions."""
    counted = Counter(trait for forms, marks in sessions for trait in traits_of(forms, marks))
    rows = {(*trait, day, count) for trait, count in counted.items()}
    of_day = trait_days.c.session_day == day
    stored = connection.execute(select(*(trait_days.c[name] for name in _COLUMNS)).where(of_day))
    if rows != {tuple(row) for row in stored}:
        connection.execute(delete(trait_days).where(of_day))
        insert_rows(connection, "trait_days", _COLUMNS, sorted(rows))
