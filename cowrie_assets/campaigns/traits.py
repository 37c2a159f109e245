"""What tells one session from another: the forms that it typed, and its marks; how many sessions of a day have each."""

from collections import Counter
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, delete, select

from cowrie_assets.campaigns.marks import Mark
from cowrie_assets.campaigns.sequences import Forms
from cowrie_assets.clock import US_PER_DAY
from cowrie_assets.warehouse.bulk_insert import insert_rows
from cowrie_assets.warehouse.schema import trait_days
from cowrie_assets.warehouse.sql import statement

FORM = 0
"""The kind of a form; that of a mark is its `MarkKind`."""
Trait = tuple[int, int]
"""Kind, and the token of a form or the `texts.id` of a mark."""


def traits_of(forms: Forms, marks: Iterable[Mark]) -> set[Trait]:
    """The traits of a session."""
    return {*((FORM, form.token) for form in forms), *marks}


def store_traits(connection: Connection, day: int, sessions: Mapping[tuple[Forms, Iterable[Mark]], int]) -> None:
    """Have the traits of a day (`clock.day_number`) be those of its sessions: how many did each thing."""
    counted: Counter[Trait] = Counter()
    for (forms, marks), number in sessions.items():
        for trait in traits_of(forms, marks):
            counted[trait] += number
    if counted != stored_traits(connection, day):
        connection.execute(delete(trait_days).where(trait_days.c.session_day == day))
        rows = [(*trait, day, count) for trait, count in sorted(counted.items())]
        insert_rows(connection, "trait_days", ("kind", "value", "session_day", "sessions"), rows)


def stored_traits(connection: Connection, day: int) -> dict[Trait, int]:
    """How many sessions of a day have each trait, as it is stored."""
    columns = trait_days.c
    rows = connection.execute(select(columns.kind, columns.value, columns.sessions).where(columns.session_day == day))
    return {(kind, value): sessions for kind, value, sessions in rows}


def traits_of_profiles(connection: Connection, day: int, sequences: Mapping[int, Forms]) -> dict[Trait, int]:
    """The same, counted from the profiles of the day's sessions; `sequences` are all that are stored, by number."""
    dialect, stretch = connection.dialect.name, {"start": day * US_PER_DAY, "end": (day + 1) * US_PER_DAY}
    counted: Counter[Trait] = Counter()
    for row in connection.execute(statement("campaigns/sequences_on_day", dialect), stretch):
        for trait in traits_of(sequences.get(row.sequence, ()), ()):
            counted[trait] += row.sessions
    for row in connection.execute(statement("campaigns/marks_on_day", dialect), stretch):
        counted[row.kind, row.value_id] += row.sessions
    return counted
