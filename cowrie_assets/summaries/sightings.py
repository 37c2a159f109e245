"""Which values were seen on which session day, by which sensor: what tells the new from the known.

Each value stands under the sensors that saw it, and once more under sensor 0, which means any of them.

A day's sightings follow from its rows in the four summaries. Where a day gains or loses one, the next day that has the
value reads otherwise, for what was new there may be known now. Both are marked as changed, so that their reports are
written anew. Later days than that one have the value before them either way.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from sqlalchemy import Connection, func, select, text

from cowrie_assets.summaries.networks import map_addresses
from cowrie_assets.warehouse import day_versions
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import changed_days, sightings
from cowrie_assets.warehouse.sql import statement

SIGHTINGS = "sightings"
"""The name of this summary."""


class Kind(IntEnum):
    """What `sightings.value_id` is an id of: `texts.id`, but for `SESSION`."""

    SESSION = 0
    """A session at all; its `value_id` is 0."""
    HASH = 1
    """The SHA-256 of a file."""
    URL = 2
    """Where a file was downloaded from."""
    COMMAND = 3
    """The normal form of a command."""
    PASSWORD = 4
    HASSH = 5
    NETWORK = 6
    """The network of the source address, as `summaries.networks` names it."""


BINDS = {f"{kind.name.lower()}_kind": int(kind) for kind in Kind}
"""Bind names of SQL files: `{"session_kind": 0, "hash_kind": 1, ...}`."""


@dataclass(slots=True)
class SightingsResult:
    """What a refresh did: sightings that were wrong or missing before, and the days whose news changed by it."""

    lost: int = 0
    gained: int = 0
    days: set[int] = field(default_factory=set)

    def add(self, other: "SightingsResult") -> None:
        """Count another one in."""
        self.lost += other.lost
        self.gained += other.gained
        self.days |= other.days


def refresh_sightings(warehouse: Warehouse, days: Iterable[int]) -> SightingsResult:
    """Work the sightings of `days` out anew, whatever stands there: numbers as `clock.day_number` gives them.

    A refresh keeps the sightings up to date with the sessions, in its own transaction; this is for whoever puts rows
    into the summaries in another way.
    """
    result = SightingsResult()
    with warehouse.write() as connection:
        for day in sorted(set(days)):
            result.add(work_out(connection, day, anew=True))
        day_versions.renew(connection, changed_days, result.days)
    return result


def count_differences(connection: Connection, day: int) -> tuple[int, int]:
    """How many sightings of a day are wrong and how many are missing, by the summaries as they stand."""
    _collect_changed(connection, day)
    counted = text("SELECT COUNT(*) FILTER (WHERE seen = 0), COUNT(*) FILTER (WHERE seen = 1) FROM changed_sightings")
    wrong, missing = connection.execute(counted).one()
    return wrong, missing


def add_gained(connection: Connection, day: int) -> SightingsResult:
    """Put in what a day gained, by the temporary table `gained_sightings`. Give it the transaction in which its
    sessions changed."""
    _make_empty(connection, "changed_sightings")
    connection.execute(statement("summaries/gained_sightings_of_day"), {"day": day})
    return _apply(connection, day)


def work_out(connection: Connection, day: int, *, anew: bool) -> SightingsResult:
    """Make the sightings of a day what all its rows in the summaries give. With `anew` the networks of its addresses
    are worked out anew, too."""
    map_addresses(connection, day, anew=anew)
    _collect_changed(connection, day)
    return _apply(connection, day)


def _apply(connection: Connection, day: int) -> SightingsResult:
    """Take `changed_sightings` into the sightings of a day."""
    lost = connection.execute(statement("summaries/remove_sightings"), {"day": day}).rowcount
    gained = connection.execute(statement("summaries/add_sightings"), {"day": day}).rowcount
    result = SightingsResult(lost, gained)
    if lost or gained:
        news = select(changed_days.c.session_day).where(
            changed_days.c.session_day.in_([day, *_next_days(connection, day)])
        )
        result.days.update(connection.execute(news).scalars())
    return result


def _make_empty(connection: Connection, table: str) -> None:
    columns = "kind SMALLINT, value_id BIGINT, sensor_id INTEGER, seen SMALLINT"
    connection.execute(text(f"CREATE TEMPORARY TABLE IF NOT EXISTS {table} ({columns})"))
    connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608  (names of our own)


def _collect_changed(connection: Connection, day: int) -> None:
    """Fill `changed_sightings` with what is wrong and what is missing of a day."""
    _make_empty(connection, "fresh_sightings")
    _make_empty(connection, "changed_sightings")
    connection.execute(statement("summaries/sightings"), {"day": day, **BINDS})
    connection.execute(statement("summaries/changed_sightings"), {"day": day})


def _next_days(connection: Connection, day: int) -> Sequence[int]:
    """The days whose news follow from what changed on `day`; none behind the newest."""
    newest = connection.execute(select(func.max(sightings.c.session_day))).scalar()
    if newest is None or newest <= day:
        return []
    binds = {"day": day, "session_kind": int(Kind.SESSION)}
    return connection.execute(statement("summaries/next_sightings"), binds).scalars().all()
