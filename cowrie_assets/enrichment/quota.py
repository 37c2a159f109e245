"""The ledger of calls to services: how many may be made still, shared by all processes and kept over restarts.

A call is booked, in a committed transaction, before it is made, and settled in the transaction that writes its answer.
Nothing is counted up: what is left follows from the rows. A call may reach the service at any moment from its booking
to its end, so it counts in every window that it touches; one that never ended (its process was killed) counts as long
as the longest call may take. So no window of the service, wherever it begins, sees more calls than its limit.

Calls are booked one after another, so their numbers are in order whatever the clock says, and a clock that was wrong
shows (`date_anew`): a call dated later than now, and one dated before a call that was booked earlier, were made by now
at the latest, and count as made when that is noticed. A clock that goes ahead looks like time that passed; what is
called by it counts once more when it is back.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any, Literal

from sqlalchemy import Connection, Row

from cowrie_assets.clock import US_PER_DAY, US_PER_SECOND, from_us, to_us
from cowrie_assets.enrichment.service import Rates
from cowrie_assets.warehouse.codec import encode_text
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.write_scope import WriteScope, of_name

US_PER_MINUTE = 60 * US_PER_SECOND
LONGEST_CALL_US = 180 * US_PER_SECOND
"""No call takes longer: `enrichment.calling` ends it before."""
KEPT_US = 62 * US_PER_DAY
"""How long a call stays in the ledger: longer than any window."""
_SHARE_OF_DAY = 95
"""Percent of a day's budget that is used."""

Window = Literal["minute", "day", "month"]


class Outcome(IntEnum):
    """How a call ended, in `service_calls.outcome`; NULL where it has not, or nobody saw it."""

    ANSWERED = 1
    """If only that the service does not know the value."""
    FAILED = 2
    """No answer that can be read."""
    REFUSED = 3
    """The service does not take the key."""
    OVER_MINUTE = 4
    """The service says that a limit is passed: its limit of a minute, ..."""
    OVER_DAY = 5
    OVER_MONTH = 6


OVER: dict[Outcome, Window] = {
    Outcome.OVER_MINUTE: "minute",
    Outcome.OVER_DAY: "day",
    Outcome.OVER_MONTH: "month",
}
"""The window whose limit a service says is passed."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Why a service may not be called now, and from when on it may."""

    until: int
    """Microseconds since 1970-01-01 UTC."""
    window: Window | None
    """Whose limit is reached; None where the service itself asked to be left alone, or fails."""


@dataclass(frozen=True, slots=True)
class Usage:
    """How many calls the day and the month have seen."""

    day: int
    month: int


def scope_of(provider: str) -> WriteScope:
    """In which calls to a service are booked: by one process at a time."""
    return of_name(f"calls:{provider}")


def wait_before_call(
    connection: Connection, provider_id: int, rates: Rates, now: int, *, insisted_at: int | None = None
) -> Wait | None:
    """What a call has to wait for; None where it may be booked, in this transaction of `scope_of`.

    The service is left alone no longer for what was before `insisted_at`, but for the minute after a 429.
    """
    resting = rest_until(connection, provider_id, now, insisted_at=insisted_at)
    if resting is not None:
        return Wait(resting, None)
    per_day, per_month = rates.per_day, rates.per_month
    if per_month is not None and _calls_since(connection, provider_id, month_begin(now), now) >= per_month:
        return Wait(month_end(now), "month")
    if per_day is not None and _calls_since(connection, provider_id, day_begin(now), now) >= usable_of_day(per_day):
        return Wait(day_end(now), "day")
    return _wait_in_minute(connection, provider_id, rates, now)


def rest_until(connection: Connection, provider_id: int, now: int, *, insisted_at: int | None = None) -> int | None:
    """Until when a service is to be left alone; None where it is not. `insisted_at`: see `wait_before_call`."""
    rests = connection.execute(statement("enrichment/rests_of_service"), _looked_at(provider_id, now))
    ends = [
        each.rest_until if insisted_at is None or each.ended_at > insisted_at else _least_rest(each) for each in rests
    ]
    until = max(ends, default=now)
    return until if until > now else None


def _least_rest(call: Row[Any]) -> int:
    """Until when a service is left alone that a user asks for by name. What a limit's minute is, it says itself."""
    match Outcome(call.outcome):
        case Outcome.OVER_MINUTE:
            return int(call.rest_until)
        case Outcome.OVER_DAY | Outcome.OVER_MONTH:
            return min(int(call.rest_until), int(call.ended_at) + US_PER_MINUTE)
        case _:
            return int(call.ended_at)


def _wait_in_minute(connection: Connection, provider_id: int, rates: Rates, now: int) -> Wait | None:
    most = 1 if rates.per_minute is None else rates.per_minute
    binds = {**_looked_at(provider_id, now), "since": now - US_PER_MINUTE, "most": most}
    ends = connection.execute(statement("enrichment/newest_calls"), binds).scalars().all()
    free_at = [now]
    if ends and rates.seconds_between:
        free_at.append(ends[0] + round(rates.seconds_between * US_PER_SECOND))
    if len(ends) == rates.per_minute:
        free_at.append(ends[-1] + US_PER_MINUTE)
    return Wait(max(free_at), "minute") if max(free_at) > now else None


def usage_of(connection: Connection, provider_id: int, now: int) -> Usage:
    """How many calls count in the day and in the month that run."""
    day, month = (_calls_since(connection, provider_id, since, now) for since in (day_begin(now), month_begin(now)))
    return Usage(day, month)


def usable_of_day(per_day: int) -> int:
    """How many calls of a day's budget are made: the rest is for clocks that differ, and for others with the key."""
    return max(1, per_day * _SHARE_OF_DAY // 100)


def book(connection: Connection, provider_id: int, now: int, *, values: int) -> int:
    """Book a call about so many values, in the transaction that saw that it may be made; gives its number."""
    binds = {"provider_id": provider_id, "now": now, "values": values, "ends_at": now + LONGEST_CALL_US}
    return int(connection.execute(statement("enrichment/book_call"), binds).scalar_one())


def settle(
    connection: Connection,
    call: int,
    now: int,
    outcome: Outcome,
    *,
    error: str | None = None,
    rest_until: int | None = None,
) -> None:
    """Write how a call ended, in the transaction that writes its answer; none is made before `rest_until`."""
    binds = {"call": call, "now": now, "outcome": int(outcome), "error": encode_text(error), "rest_until": rest_until}
    connection.execute(statement("enrichment/settle_call"), binds)


def date_anew(connection: Connection, provider_id: int, now: int) -> bool:
    """Let calls that a wrong clock dated count as made now, in a write transaction; whether any lay in the future.

    A call that is dated in the future keeps that date in `ended_at`: where this clock is the wrong one, and behind, the
    date holds again when it is set.
    """
    binds = _looked_at(provider_id, now)
    connection.execute(statement("enrichment/date_calls_behind"), {**binds, "longest": LONGEST_CALL_US})
    return connection.execute(statement("enrichment/date_calls_ahead"), binds).rowcount > 0


def forget_old_calls(connection: Connection, provider_id: int, rates: Rates, now: int) -> None:
    """Delete what counts in no window any more.

    As many calls as fill the widest window stay, however old they are: the clock may be ahead, and be set again.
    """
    usable = 0 if rates.per_day is None else usable_of_day(rates.per_day)
    kept = max(usable, rates.per_month or 0, rates.per_minute or 0, 1)
    binds = {**_looked_at(provider_id, now), "until": now - KEPT_US, "kept": kept}
    connection.execute(statement("enrichment/forget_calls"), binds)


def calls_ahead(connection: Connection, now: int) -> tuple[int, int | None]:
    """How many calls are dated in the future that `date_anew` has not seen yet, and when the last of them ends."""
    row = connection.execute(statement("enrichment/calls_ahead"), {"now": now, "latest": now + LONGEST_CALL_US}).one()
    return row.number, row.until


def passed_window(connection: Connection, provider_id: int, rates: Rates, booked_at: int) -> Outcome:
    """Whose limit a 429 speaks of that does not say how long to wait.

    The ledger keeps the limits that are configured, so the service has other ones, or somebody else calls with the same
    key: first the minute is taken to be full, where the next call is over the limit too the day, then the month.
    """
    binds = _looked_at(provider_id, booked_at)
    last = connection.execute(statement("enrichment/last_outcome"), binds).one_or_none()
    outcome = Outcome.ANSWERED if last is None else Outcome(last.outcome)
    if outcome not in OVER:
        return Outcome.OVER_MINUTE
    if last is not None and booked_at < (last.rest_until or 0):
        return outcome  # both calls were on their way
    if outcome is not Outcome.OVER_MINUTE and rates.per_month is not None:
        return Outcome.OVER_MONTH
    return Outcome.OVER_DAY if rates.per_day is not None else Outcome.OVER_MINUTE


def _calls_since(connection: Connection, provider_id: int, since: int, now: int) -> int:
    binds = {**_looked_at(provider_id, now), "since": since}
    return int(connection.execute(statement("enrichment/count_calls"), binds).scalar_one())


def _looked_at(provider_id: int, now: int) -> dict[str, int]:
    """The service, the time, and the latest end that a call booked by now can have."""
    return {"provider_id": provider_id, "now": now, "latest": now + LONGEST_CALL_US}


def day_begin(now: int) -> int:
    """00:00 UTC of the day that runs."""
    return now - now % US_PER_DAY


def day_end(now: int) -> int:
    """The next 00:00 UTC."""
    return day_begin(now) + US_PER_DAY


def month_begin(now: int) -> int:
    """00:00 UTC of the first of the month that runs."""
    moment = from_us(now)
    return to_us(datetime(moment.year, moment.month, 1, tzinfo=UTC))


def month_end(now: int) -> int:
    """00:00 UTC of the first of the next month."""
    moment = from_us(now)
    year, month = divmod(moment.year * 12 + moment.month, 12)
    return to_us(datetime(year, month + 1, 1, tzinfo=UTC))
