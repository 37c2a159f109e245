"""Which values a provider is to be asked about: what was seen and waits, what expired, what failed and may be retried.

A value waits once a day that saw it is enrolled. Enrolling takes the days that changed since, so it costs what is new.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from cowrie_assets.clock import US_PER_DAY, day_of_number, now_us
from cowrie_assets.enrichment.answers import Kind, Status
from cowrie_assets.enrichment.providers import known_provider, provider_ids
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.write_scope import ROWS

_ENROLL = {
    Kind.FILE: "enrichment/enroll_files",
    Kind.ADDRESS: "enrichment/enroll_addresses",
    Kind.PASSWORD: "enrichment/enroll_passwords",
}
_IN_TURN = (Status.PENDING, Status.ENRICHED, Status.FAILED)


@dataclass(frozen=True, slots=True)
class Due:
    """A value that a provider may be asked about."""

    value: str
    status: Status
    attempts: int
    """That failed since the last answer."""


def enroll(warehouse: Warehouse, kind: Kind, provider: str, *, progress: ProgressSink = silent) -> int:
    """Let the values of the days that changed wait for a provider; tells how many days. A transaction a day."""
    number = warehouse.run(lambda connection: provider_ids(connection, {provider})[provider], ROWS)
    binds = {"kind": int(kind), "provider_id": number}
    with warehouse.read() as connection:
        days = connection.execute(statement("enrichment/days_to_enroll"), binds).scalars().all()
    for position, day in enumerate(days):
        progress(Progress("enroll", position, len(days), "days", str(day_of_number(day))))
        warehouse.run(partial(_enroll_day, kind=kind, provider_id=number, day=day), ROWS)
    progress(Progress("enroll", len(days), len(days), "days"))
    return len(days)


def due(connection: Connection, kind: Kind, provider: str, *, now: int, most: int) -> list[Due]:
    """At most `most` values, in the order in which a provider is to be asked about them at the time `now`.

    First those that it never answered for and those seen last, then those whose answers expired, then those that
    failed.
    """
    number = known_provider(connection, provider)
    if number is None:
        return []
    found: list[Due] = []
    for status in _IN_TURN:
        if len(found) < most:
            found += _of_status(connection, kind, number, status, now=now, most=most - len(found))
    return found


def _of_status(
    connection: Connection, kind: Kind, provider_id: int, status: Status, *, now: int, most: int
) -> Sequence[Due]:
    binds = {"kind": int(kind), "provider_id": provider_id, "status": int(status), "now": now, "most": most}
    rows = connection.execute(statement("enrichment/due"), binds)
    return [Due(decode_text(row.value), Status(row.status), row.attempts) for row in rows]


def _enroll_day(connection: Connection, kind: Kind, provider_id: int, day: int) -> None:
    binds = {"kind": int(kind), "provider_id": provider_id, "day": day}
    connection.execute(statement("enrichment/record_enrolled"), binds)
    seen_at = min(day * US_PER_DAY, now_us())
    of_kind = {"provider_id": provider_id, "day": day, "seen_at": seen_at}
    connection.execute(statement(_ENROLL[kind]), of_kind)
