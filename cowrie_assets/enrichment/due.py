"""Which values a provider is to be asked about: what was seen and waits, what expired, what failed and may be retried.

A value waits once a day that saw it is enrolled. Enrolling takes the days that changed since, so it costs what is new.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, bindparam

from cowrie_assets.clock import US_PER_DAY, day_of_number, now_us
from cowrie_assets.enrichment.answers import Kind, Status
from cowrie_assets.enrichment.providers import known_provider, provider_ids
from cowrie_assets.enrichment.quota import LONGEST_CALL_US
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.write_scope import ROWS

_ENROLL = {
    Kind.FILE: "enrichment/enroll_files",
    Kind.ADDRESS: "enrichment/enroll_addresses",
    Kind.PASSWORD: "enrichment/enroll_passwords",
}
_AT_A_TIME = 10_000
LONGEST_REST_US = US_PER_DAY
"""No value that an attempt failed for is put off for longer."""
_IN_TURN = (Status.PENDING, Status.ENRICHED, Status.FAILED)


@dataclass(frozen=True, slots=True)
class Due:
    """A value that a provider may be asked about."""

    value_id: int
    """`texts.id`."""
    value: str
    status: Status
    attempts: int
    """That failed since the last answer."""
    next_attempt_at: int
    """What it is due by, in microseconds since 1970-01-01 UTC."""


def enroll(warehouse: Warehouse, kind: Kind, provider: str, *, progress: ProgressSink = silent) -> int:
    """Let the values of the days that changed wait for a provider; tells how many days. A transaction a day."""
    number = warehouse.run(lambda connection: provider_ids(connection, {provider})[provider], ROWS)
    with warehouse.read() as connection:
        days = days_to_enroll(connection, kind, number)
    for position, day in enumerate(days):
        progress(Progress(f"{provider}, days", position, len(days), "days", str(day_of_number(day))))
        warehouse.run(partial(enroll_day, kind=kind, provider_id=number, day=day), ROWS)
    if days:
        progress(Progress(f"{provider}, days", len(days), len(days), "days"))
    return len(days)


def days_to_enroll(connection: Connection, kind: Kind, provider_id: int) -> Sequence[int]:
    """The session days whose values a provider was not told of since they changed, the newest first."""
    binds = {"kind": int(kind), "provider_id": provider_id}
    return connection.execute(statement("enrichment/days_to_enroll"), binds).scalars().all()


def enroll_day(connection: Connection, kind: Kind, provider_id: int, day: int) -> None:
    """Let the values of a session day wait for a provider, in a write transaction (`ROWS`)."""
    binds = {"kind": int(kind), "provider_id": provider_id, "day": day}
    connection.execute(statement("enrichment/record_enrolled"), binds)
    seen_at = min(day * US_PER_DAY, now_us())
    of_kind = {"provider_id": provider_id, "day": day, "seen_at": seen_at}
    connection.execute(statement(_ENROLL[kind]), of_kind)


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


def due_of(connection: Connection, kind: Kind, provider_id: int, value_ids: Sequence[int], *, now: int) -> list[Due]:
    """Those of some values (`texts.id`) that a provider may be asked about now."""
    query = statement("enrichment/due_values").bindparams(bindparam("values", expanding=True))
    binds = {"kind": int(kind), "provider_id": provider_id, "now": now}
    return [_due(row) for some in chunks(value_ids) for row in connection.execute(query, binds | {"values": some})]


@dataclass(frozen=True, slots=True)
class Count:
    """The values of one status."""

    number: int
    due: int
    """Of them, those that the provider may be asked about now."""


def counts(connection: Connection, kind: Kind, provider_id: int, now: int) -> dict[Status, Count]:
    """How far a provider was asked about the values of a kind that wait for it or have its verdict."""
    binds = {"kind": int(kind), "provider_id": provider_id, "now": now}
    rows = connection.execute(statement("enrichment/count_verdicts"), binds)
    return {Status(row.status): Count(row.number, row.due) for row in rows}


def backlog_of(connection: Connection, kind: Kind, provider_id: int, now: int) -> int:
    """How many values a provider may be asked about now."""
    binds = {"kind": int(kind), "provider_id": provider_id, "now": now}
    return int(connection.execute(statement("enrichment/count_due"), binds).scalar_one())


def values_due(connection: Connection, kind: Kind, provider_id: int, now: int) -> Iterator[str]:
    """All values that a provider may be asked about now, in no order."""
    binds = {"kind": int(kind), "provider_id": provider_id, "now": now}
    rows = connection.execute(statement("enrichment/due_texts"), binds, execution_options={"yield_per": _AT_A_TIME})
    return map(decode_text, rows.scalars())


def put_off(connection: Connection, kind: Kind, provider_id: int, until: Mapping[int, int]) -> None:
    """Say from when on values (`texts.id`) are due: a call about them is on its way, or none came of it."""
    binds = [
        {"kind": int(kind), "provider_id": provider_id, "value_id": value_id, "until": at}
        for value_id, at in until.items()
    ]
    if binds:
        connection.execute(statement("enrichment/put_off"), binds)


def make_due_of_future(connection: Connection, provider_id: int, now: int) -> None:
    """Let what a provider said by a clock that was ahead be due, in a write transaction (`ROWS`)."""
    binds = {
        "provider_id": provider_id,
        "now": now,
        "latest": now + LONGEST_CALL_US,
        "longest": now + LONGEST_REST_US,
    }
    connection.execute(statement("enrichment/make_due_of_future"), binds)


def _of_status(
    connection: Connection, kind: Kind, provider_id: int, status: Status, *, now: int, most: int
) -> Sequence[Due]:
    binds = {"kind": int(kind), "provider_id": provider_id, "status": int(status), "now": now, "most": most}
    return [_due(row) for row in connection.execute(statement("enrichment/due"), binds)]


def _due(row: Row[Any]) -> Due:
    return Due(row.value_id, decode_text(row.value), Status(row.status), row.attempts, row.next_attempt_at)
