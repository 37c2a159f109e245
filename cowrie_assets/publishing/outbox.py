"""What is published of which report, and what waits: the tables `reports` and `publications` side by side.

A written report is open until the destination has confirmed each of its documents as it was written last. So nothing
is put in a queue: what is written while the server is down is open when it is back, once, in its newest form. Nothing
is claimed either: a document that two publishers send replaces itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, and_, delete, select, update

from cowrie_assets.backoff import Backoff
from cowrie_assets.outbox import TAKEN, Outbox
from cowrie_assets.publishing.destination import Product
from cowrie_assets.publishing.documents import IndexDocument, Key
from cowrie_assets.reports.periods import Period, parse_period
from cowrie_assets.reports.sensors import AGGREGATE
from cowrie_assets.warehouse.codec import decode_text, encode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import publications, reports
from cowrie_assets.warehouse.sql import statement

BACKOFF = Backoff(first=30.0, longest=900.0)
_OUTBOX = Outbox(publications, fence=publications.c.tried_at, backoff=BACKOFF)


@dataclass(frozen=True, slots=True)
class Row:
    """What is recorded of one document. Times are in microseconds since 1970-01-01 UTC."""

    published: int | None
    """`generated_at` of the document that was confirmed."""
    attempts: int
    """That failed since then."""
    error: str | None
    tried_at: int
    next_attempt_at: int | None


@dataclass(frozen=True, slots=True)
class OpenReport:
    """A written report with a document that is not confirmed."""

    period: Period
    generated_at: int
    rows: dict[str, Row] = field(default_factory=dict)
    """By sensor, as documents name it."""
    written_at: dict[str, int] = field(default_factory=dict)
    """`generated_at` of the documents of sensors that were left as they were when the others were written last."""

    def waiting(self) -> list[str]:
        """The sensors whose documents are not confirmed, as far as is known before the files are read."""
        if AGGREGATE not in self.rows:
            return [*self._unconfirmed(), AGGREGATE]
        return self._unconfirmed()

    def _unconfirmed(self) -> list[str]:
        return [
            sensor
            for sensor, row in self.rows.items()
            if row.published != self.written_at.get(sensor, self.generated_at)
        ]

    def unconfirmed(self, documents: Iterable[IndexDocument]) -> Iterator[IndexDocument]:
        """Those of its `documents` that the destination has not confirmed."""
        for document in documents:
            row = self.rows.get(document.key.sensor)
            if row is None or row.published != document.generated_at:
                yield document

    def due_at(self) -> int:
        """When it is to be tried next; 0 where it never was."""
        rows = [self.rows.get(sensor) for sensor in self.waiting()]
        return min((row.next_attempt_at or 0 if row else 0 for row in rows), default=0)

    def error(self) -> str | None:
        """Why it waits; None where it was not tried yet."""
        failed = [row for sensor in self.waiting() if (row := self.rows.get(sensor)) and row.error]
        return max(failed, key=lambda row: row.tried_at).error if failed else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document. `seen` is what was recorded of it before it was sent."""

    key: Key
    seen: Row | None
    confirmed: int | None = None
    """Its `generated_at`, where the destination has it."""
    error: str | None = None
    retry_after: float | None = None
    """Seconds that the server wants to be left alone."""


def open_reports(connection: Connection, destination: Product) -> list[OpenReport]:
    """The written reports that are not published whole, the newest periods first."""
    binds = {"destination": destination, "aggregate": AGGREGATE}
    found: dict[tuple[str, str], OpenReport] = {}
    for row in connection.execute(statement("publishing/open_reports"), binds):
        key = (row.report_type, row.period)
        if key not in found:
            found[key] = OpenReport(parse_period(row.report_type, row.period), row.generated_at)
        if row.sensor is not None:
            found[key].written_at[decode_text(row.sensor)] = row.written_at
            found[key].rows[decode_text(row.sensor)] = Row(
                row.published, row.attempts, decode_text(row.error), row.tried_at, row.next_attempt_at
            )
    return _newest_first(found.values())


def written_reports(connection: Connection) -> list[OpenReport]:
    """Every written report as if nothing of it were published, the newest periods first."""
    return _newest_first(
        OpenReport(parse_period(row.report_type, row.period), row.generated_at)
        for row in connection.execute(select(reports))
    )


def rows_of(connection: Connection, destination: Product, keys: Iterable[Key]) -> dict[Key, Row]:
    """What is recorded of documents."""
    found = {}
    for key in keys:
        row = connection.execute(select(publications).where(_is(destination, key))).first()
        if row is not None:
            error = decode_text(row.error)
            found[key] = Row(row.published, row.attempts, error, row.tried_at, row.next_attempt_at)
    return found


def record(warehouse: Warehouse, destination: Product, outcomes: Iterable[Outcome], now_us: int) -> None:
    """Write down what became of documents, in one short transaction.

    Where another publisher wrote something down since we looked, nobody knows whose document came last: it counts as
    not published and is sent again.
    """
    with warehouse.write(_OUTBOX.scope) as connection:
        for outcome in outcomes:
            key, seen = _key(destination, outcome.key), outcome.seen
            if not _OUTBOX.settle(connection, key, seen and seen.tried_at, _values(outcome, seen, now_us)):
                now = rows_of(connection, destination, [outcome.key]).get(outcome.key)
                _OUTBOX.settle(connection, key, now and now.tried_at, _disputed(outcome, now, now_us))


def forget_confirmations(warehouse: Warehouse, destination: Product) -> None:
    """Take it that the destination has nothing: a new cluster, or one that was restored from long ago."""
    with warehouse.write(_OUTBOX.scope) as connection:
        forgotten = {"published": None, "published_at": None, "next_attempt_at": None}
        connection.execute(update(publications).where(publications.c.destination == destination).values(forgotten))


def retire(warehouse: Warehouse, destination: Product, keys: Iterable[Key]) -> None:
    """Forget documents that their reports no longer have: those of sensors that were renamed."""
    with warehouse.write(_OUTBOX.scope) as connection:
        for key in keys:
            connection.execute(delete(publications).where(_is(destination, key)))


def _values(outcome: Outcome, before: Row | None, now_us: int) -> dict[str, object]:
    """The columns of the row. A failure keeps what was confirmed before, which still stands there."""
    tried_at = max(now_us, before.tried_at + 1) if before else now_us
    if outcome.error is None:
        return {**TAKEN, "published": outcome.confirmed, "published_at": tried_at, "tried_at": tried_at}
    attempts = before.attempts if before else 0
    failed = _OUTBOX.failed(attempts, outcome.error, tried_at, outcome.retry_after or 0.0)
    return {**failed, "tried_at": tried_at}


def _disputed(outcome: Outcome, before: Row | None, now_us: int) -> dict[str, object]:
    """The columns where two published at once: nothing counts as confirmed, and what was taken is due at once."""
    values = _values(outcome, before, now_us) | {"published": None, "published_at": None}
    return values if outcome.error is not None else values | {"next_attempt_at": values["tried_at"]}


def _newest_first(found: Iterable[OpenReport]) -> list[OpenReport]:
    return sorted(found, key=lambda report: (report.period.start, report.period.end), reverse=True)


def _key(destination: Product, key: Key) -> dict[str, object]:
    return {
        "destination": destination,
        "report_type": key.report_type,
        "period": key.period,
        "sensor": encode_text(key.sensor),
    }


def _is(destination: Product, key: Key) -> ColumnElement[bool]:
    return and_(*(publications.c[name] == value for name, value in _key(destination, key).items()))
