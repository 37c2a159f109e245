"""How far each service is with what waits: its backlog, what is left of its budgets, when it will be done, its last
error. It asks no service and changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from sqlalchemy import Connection

from cowrie_assets import clock
from cowrie_assets.enrichment.access import Access, accesses, services_off
from cowrie_assets.enrichment.answers import Kind, Status
from cowrie_assets.enrichment.due import Count, backlog_of, counts, days_to_enroll
from cowrie_assets.enrichment.providers import known_provider
from cowrie_assets.enrichment.quota import (
    LONGEST_CALL_US,
    US_PER_MINUTE,
    Outcome,
    Usage,
    Wait,
    day_end,
    month_end,
    usable_of_day,
    usage_of,
    wait_before_call,
)
from cowrie_assets.enrichment.service import Rates
from cowrie_assets.enrichment.services import SERVICES
from cowrie_assets.enrichment.settings import EnrichmentSettings
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.sql import statement

_LONGEST_DAYS = 3_660
_NONE = Count(0, 0)


@dataclass(frozen=True, slots=True)
class Budget:
    """What one window of a service has left."""

    limit: int
    """As it is configured."""
    usable: int
    """How many calls of it are made."""
    used: int
    resets_at: int
    """Microseconds since 1970-01-01 UTC."""

    @property
    def left(self) -> int:
        """Calls that may be made still."""
        return max(self.usable - self.used, 0)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one service stands. Times are microseconds since 1970-01-01 UTC."""

    service: str
    title: str
    kinds: tuple[Kind, ...]
    off: str | None
    """Why it is not asked; None where it is on."""
    per_minute: int | None
    day: Budget | None
    month: Budget | None
    values: Mapping[Kind, Mapping[Status, Count]]
    """What it was asked about, and what waits for it."""
    new_days: int
    """Session days whose values do not wait for it yet: the next run puts them into the queue."""
    waits: Wait | None
    """Why it may not be called now."""
    done_at: int | None
    """When the backlog will be worked off if nothing comes in; None where that takes over ten years, or it is off."""
    last_error: str | None
    last_error_at: int | None
    is_failing: bool
    """Whether the last call brought no answer, and was not one too many."""

    @property
    def backlog(self) -> int:
        """Values that it may be asked about now."""
        return sum(count.due for statuses in self.values.values() for count in statuses.values())

    @property
    def being_asked(self) -> int:
        """Values without an answer that are not due: a call about them is on its way, or its process was killed."""
        pending = [statuses.get(Status.PENDING, _NONE) for statuses in self.values.values()]
        return sum(count.number - count.due for count in pending)

    def number(self, status: Status) -> int:
        """Values of a status."""
        return sum(statuses.get(status, _NONE).number for statuses in self.values.values())


def standings(warehouse: Warehouse, settings: EnrichmentSettings, *, now: int | None = None) -> list[Standing]:
    """All services in their order. Raises SettingsError where one is switched on that lacks what it needs."""
    at = clock.now_us() if now is None else now
    off, on = services_off(settings), {access.name: access for access in accesses(settings)}
    with warehouse.read() as connection:
        return [_standing(connection, name, on.get(name), off.get(name), at) for name in SERVICES]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a service that is on."""

    title: str
    backlog: int
    """Values that it may be asked about now."""
    new_days: int
    waits: Wait | None
    """As of `Standing`."""


def waiting(warehouse: Warehouse, settings: EnrichmentSettings, *, now: int) -> list[Waiting]:
    """What waits for each service that is on: what is looked at each minute, and costs what is due. Raises as
    `standings`."""
    with warehouse.read() as connection:
        return [_waiting(connection, access, now) for access in accesses(settings)]


def _waiting(connection: Connection, access: Access, now: int) -> Waiting:
    number = known_provider(connection, access.name) or 0
    kinds = [lookup.kind for lookup in access.service.lookups]
    return Waiting(
        title=access.service.title,
        backlog=sum(backlog_of(connection, kind, number, now) for kind in kinds),
        new_days=sum(len(days_to_enroll(connection, kind, number)) for kind in kinds),
        waits=wait_before_call(connection, number, access.rates, now),
    )


def _standing(connection: Connection, name: str, access: Access | None, off: str | None, now: int) -> Standing:
    service = SERVICES[name]
    rates = service.rates if access is None else access.rates
    kinds = tuple(lookup.kind for lookup in service.lookups)
    number = known_provider(connection, name) or 0
    usage = usage_of(connection, number, now)
    values = {kind: counts(connection, kind, number, now) for kind in kinds}
    waits = None if access is None else wait_before_call(connection, number, rates, now)
    calls = sum(
        ceil(sum(count.due for count in values[lookup.kind].values()) / lookup.at_once) for lookup in service.lookups
    )
    ended = {"provider_id": number, "latest": now + LONGEST_CALL_US}
    error = connection.execute(statement("enrichment/last_error"), ended).one_or_none()
    last_end = connection.execute(statement("enrichment/last_end"), ended).scalar()
    return Standing(
        service=name,
        title=service.title,
        kinds=kinds,
        off=off,
        per_minute=rates.per_minute,
        day=_day(rates, usage, now),
        month=_month(rates, usage, now),
        values=values,
        new_days=0 if access is None else sum(len(days_to_enroll(connection, kind, number)) for kind in kinds),
        waits=waits,
        done_at=None if access is None else done_at(calls, rates, usage, now, waits.until if waits else now),
        last_error=None if error is None else decode_text(error.error),
        last_error_at=None if error is None else error.ended_at,
        is_failing=last_end in (Outcome.FAILED, Outcome.REFUSED),
    )


def _day(rates: Rates, usage: Usage, now: int) -> Budget | None:
    if rates.per_day is None:
        return None
    return Budget(rates.per_day, usable_of_day(rates.per_day), usage.day, day_end(now))


def _month(rates: Rates, usage: Usage, now: int) -> Budget | None:
    if rates.per_month is None:
        return None
    return Budget(rates.per_month, rates.per_month, usage.month, month_end(now))


def done_at(calls: int, rates: Rates, usage: Usage, now: int, begin: int) -> int | None:
    """When so many calls will be made, day after day within every limit, where the first may be made at `begin`.

    `usage` is that of the day and month of `now`. None: not within ten years.
    """
    at, left = begin, calls
    used_day = usage.day if day_end(at) == day_end(now) else 0
    used_month = usage.month if month_end(at) == month_end(now) else 0
    for _ in range(_LONGEST_DAYS):
        until = day_end(at)
        possible = min(
            left if rates.per_minute is None else ceil((until - at) / US_PER_MINUTE * rates.per_minute),
            left if rates.per_day is None else max(usable_of_day(rates.per_day) - used_day, 0),
            left if rates.per_month is None else max(rates.per_month - used_month, 0),
        )
        if left <= possible:
            return at if rates.per_minute is None else at + round(left / rates.per_minute * US_PER_MINUTE)
        left -= possible
        used_day, used_month = 0, used_month + possible if month_end(until) == month_end(at) else 0
        at = until
    return None
