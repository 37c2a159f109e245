"""What is to be told, kept in the table `notifications` until a channel has taken it.

A row is a subject on a channel. Sending goes: claim (a transaction), send (no transaction is open while the network is
used), record (a transaction). A process that dies in between leaves a claim that ends by itself, and the message is
sent again under the same key: see `Due.key`. A process that was stopped for longer than its claim lasts, and then goes
on, records nothing over the one that took its place.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, RowMapping, case, select

from cowrie_assets.backoff import Backoff
from cowrie_assets.clock import US_PER_DAY, US_PER_SECOND
from cowrie_assets.notifications.alerts import Alert
from cowrie_assets.outbox import TAKEN, Outbox
from cowrie_assets.reports.periods import Period, ReportType, parse_period
from cowrie_assets.warehouse.codec import decode_text, encode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import notifications
from cowrie_assets.warehouse.sql import statement

REST_US = 3600 * US_PER_SECOND
"""Of one subject, a channel is told once in this time."""

BACKOFF = Backoff(first=60.0, longest=900.0)
_OUTBOX = Outbox(notifications, fence=notifications.c.claim, backoff=BACKOFF)
_FRESH_DAYS: dict[ReportType, int] = {"daily": 2, "weekly": 8, "monthly": 8}
"""How long after its end a period still gets its digest by itself."""
_DIGEST = "digest:"


@dataclass(frozen=True, slots=True)
class Due:
    """A notification that is to be sent now."""

    channel: str
    subject: str
    waiting: int = 1
    """How often it happened since it was last told; of a digest, 1."""
    content: str | None = None
    """Of an alert: see `Alert.to_json`."""
    sent_at: int | None = None
    attempts: int = 0
    claim: str | None = field(default=None, compare=False)
    """The mark under which it was taken; None before that."""

    @property
    def key(self) -> str:
        """The same for every attempt to tell this, another for what is told of the subject next: 32 hex digits."""
        identity = f"{self.channel} {self.subject} {self.sent_at} {self.waiting}"
        return blake2b(identity.encode(), digest_size=16).hexdigest()

    @property
    def period(self) -> Period | None:
        """Of a digest, the period."""
        if not self.subject.startswith(_DIGEST):
            return None
        report_type, label = self.subject.removeprefix(_DIGEST).split(":")
        return parse_period(report_type, label)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A row of the outbox, for people. Times are in microseconds since 1970-01-01 UTC."""

    channel: str
    subject: str
    waiting: int
    sent_at: int | None
    attempts: int
    error: str | None
    next_attempt_at: int | None


def digest_subject(period: Period) -> str:
    """The subject under which a period's digest is kept."""
    return f"{_DIGEST}{period.report_type}:{period.label}"


def fresh_periods(connection: Connection, kinds: Collection[ReportType], now_us: int) -> list[Period]:
    """Of each type the newest complete period, where it ended a short while ago: those that a digest is due of.

    An older one gets none by itself: switching the digest on, or a backfill, must not send a mail for each day.
    """
    rows = connection.execute(statement("notifications/newest_complete"))
    newest = [parse_period(row.report_type, row.period) for row in rows if row.report_type in kinds]
    fresh = [period for period in newest if now_us - period.end_us <= _FRESH_DAYS[period.report_type] * US_PER_DAY]
    return sorted(fresh, key=lambda period: (period.end, period.start))


def queue_digests(warehouse: Warehouse, channels: Sequence[str], kinds: Collection[ReportType], now_us: int) -> None:
    """See to it that each channel has or gets the digests that are due."""
    with warehouse.read() as connection:
        wanted = unqueued_digests(connection, channels, kinds, now_us)
    if not wanted:
        return
    with warehouse.write(_OUTBOX.scope) as connection:
        for channel, subject in wanted:
            connection.execute(
                statement("notifications/queue_digest"), {"channel": channel, "subject": subject, "now": now_us}
            )


def unqueued_digests(
    connection: Connection, channels: Sequence[str], kinds: Collection[ReportType], now_us: int
) -> list[tuple[str, str]]:
    """(channel, subject) of the digests that are due and that the outbox does not know yet."""
    subjects = [digest_subject(period) for period in fresh_periods(connection, kinds, now_us)]
    table = notifications.c
    known = connection.execute(select(table.channel, table.subject).where(table.subject.in_(subjects)))
    kept = {(row.channel, row.subject) for row in known}
    return [(channel, subject) for subject in subjects for channel in channels if (channel, subject) not in kept]


def queue_digest_at_once(
    warehouse: Warehouse, channels: Sequence[str], period: Period, now_us: int, *, again: bool
) -> None:
    """Make a period's digest due now; one that was sent already only with `again`."""
    with warehouse.write(_OUTBOX.scope) as connection:
        for channel in channels:
            row = {"channel": channel, "subject": digest_subject(period), "now": now_us, "again": int(again)}
            connection.execute(statement("notifications/queue_digest_at_once"), row)


def queue_alerts(warehouse: Warehouse, channels: Sequence[str], alerts: Iterable[Alert], now_us: int) -> None:
    """Note occurrences for each channel: told now, or with how often they happened when the subject's hour is over."""
    rows = [
        {
            "channel": channel,
            "subject": encode_text(alert.subject),
            "content": encode_text(alert.to_json()),
            "now": now_us,
            "rest": REST_US,
        }
        for alert in alerts
        for channel in channels
    ]
    with warehouse.write(_OUTBOX.scope) as connection:
        for row in rows:
            connection.execute(statement("notifications/queue_alert"), row)


def due(connection: Connection, channels: Collection[str], now_us: int) -> list[Due]:
    """What is to be sent now, the longest waiting first."""
    wanted = _OUTBOX.due(now_us).where(notifications.c.channel.in_(channels))
    return [_due(row) for row in connection.execute(wanted).mappings()]


def claim(warehouse: Warehouse, wanted: Due, now_us: int) -> Due | None:
    """Take one to send it, as it stands now; None where another process was faster."""
    with warehouse.write(_OUTBOX.scope) as connection:
        row = _OUTBOX.claim(connection, _key(wanted), now_us, token_hex(8))
    return None if row is None else _due(row)


def record_sent(warehouse: Warehouse, sent: Due, now_us: int, remark: str | None) -> bool:
    """The channel took it; `remark` is its reservation. False where the claim stands no more: nothing is recorded.

    What happened while it was being sent is told when the subject's hour is over.
    """
    columns = notifications.c
    happened_since = columns.waiting > sent.waiting
    values = {
        **TAKEN,
        "sent_at": now_us,
        "error": encode_text(remark),
        "waiting": columns.waiting - sent.waiting,
        "content": case((happened_since, columns.content)),
        "next_attempt_at": case((happened_since, now_us + REST_US)),
        "claim": None,
    }
    return _settle(warehouse, sent, values)


def record_failed(warehouse: Warehouse, failed: Due, now_us: int, error: str, retry_after: float) -> int | None:
    """The channel did not take it. Gives when it is tried again: ever later, or as it asked for (`retry_after`, in
    seconds).

    None where the claim stands no more: nothing is recorded, and whoever has it tries again.
    """
    values = {**_OUTBOX.failed(failed.attempts, error, now_us, retry_after), "claim": None}
    return values["next_attempt_at"] if _settle(warehouse, failed, values) else None


def _settle(warehouse: Warehouse, claimed: Due, values: Mapping[str, Any]) -> bool:
    if claimed.claim is None:
        raise ValueError(f"{claimed.subject} was not claimed")
    with warehouse.write(_OUTBOX.scope) as connection:
        return _OUTBOX.settle(connection, _key(claimed), claimed.claim, values)


def outbox_rows(connection: Connection) -> list[OutboxRow]:
    """Every row of the outbox: what waits, the next first, then what was sent, the latest first."""
    found = [
        OutboxRow(
            channel=row.channel,
            subject=decode_text(row.subject),
            waiting=row.waiting,
            sent_at=row.sent_at,
            attempts=row.attempts,
            error=decode_text(row.error),
            next_attempt_at=row.next_attempt_at,
        )
        for row in connection.execute(select(notifications))
    ]
    return sorted(found, key=_place)


def _place(row: OutboxRow) -> tuple[bool, int, str, str]:
    when = -(row.sent_at or 0) if row.next_attempt_at is None else row.next_attempt_at
    return row.next_attempt_at is None, when, row.subject, row.channel


def _due(row: RowMapping) -> Due:
    return Due(
        channel=row["channel"],
        subject=decode_text(row["subject"]),
        waiting=row["waiting"],
        content=decode_text(row["content"]),
        sent_at=row["sent_at"],
        attempts=row["attempts"],
        claim=row["claim"],
    )


def _key(due: Due) -> dict[str, object]:
    return {"channel": due.channel, "subject": encode_text(due.subject)}
