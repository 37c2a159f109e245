"""What is written when a call ended: the answers with their lifetimes and the end of the call, in one transaction; or
what its failure means for the service and for the values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam

from cowrie_assets.backoff import Backoff
from cowrie_assets.clock import US_PER_DAY, US_PER_HOUR, US_PER_SECOND
from cowrie_assets.enrichment.access import Access
from cowrie_assets.enrichment.answers import Answer, Kind, Said, Status
from cowrie_assets.enrichment.calling import CallError
from cowrie_assets.enrichment.due import LONGEST_REST_US, Due, put_off
from cowrie_assets.enrichment.places import PlaceSource, record_places
from cowrie_assets.enrichment.quota import OVER, Outcome, day_end, month_end, passed_window, settle
from cowrie_assets.enrichment.service import Lookup, Past
from cowrie_assets.enrichment.skipping import why_skipped
from cowrie_assets.enrichment.verdicts import record
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.sql import statement

_REST_OF_FAILING_US = 900 * US_PER_SECOND
_REST_OF_REFUSING_US = US_PER_HOUR
_BACKOFF = Backoff(first=900.0, longest=LONGEST_REST_US / US_PER_SECOND)
"""Between two attempts at a value that fails."""
_REST_OF_A_MINUTE_US = 300 * US_PER_SECOND


@dataclass(frozen=True, slots=True)
class Taken:
    """Values that a booked call is about."""

    lookup: Lookup
    dues: Sequence[Due]
    call: int
    """`service_calls.id`."""
    booked_at: int


@dataclass(frozen=True, slots=True)
class Settling:
    """Writes what came of calls to one service. Each method wants a write transaction (`ROWS`)."""

    access: Access
    provider_id: int
    now: Callable[[], int]

    def answered(self, connection: Connection, taken: Taken, said: Mapping[str, Said]) -> None:
        """The answers and the end of their call, in one transaction."""
        now = self.now()
        settle(connection, taken.call, now, Outcome.ANSWERED)
        pasts = self._pasts(connection, taken)
        answers = [
            self._answer(taken, each, said[each.value], pasts.get(each.value_id, Past()), now)
            if each.value in said
            else self._failed(taken, each, f"{self.access.service.title} said nothing of it", now)
            for each in taken.dues
        ]
        record(connection, answers, now_us=now)
        place = taken.lookup.place
        if place is not None:
            places = {each.value_id: place(said[each.value]) for each in taken.dues if each.value in said}
            record_places(connection, PlaceSource[self.access.name.upper()], places, now_us=now)

    def _pasts(self, connection: Connection, taken: Taken) -> dict[int, Past]:
        query = statement("enrichment/past_answers").bindparams(bindparam("values", expanding=True))
        key = {"kind": int(taken.lookup.kind), "provider_id": self.provider_id}
        rows = (
            row
            for some in chunks([each.value_id for each in taken.dues])
            for row in connection.execute(query, key | {"values": some})
        )
        return {row.value_id: Past(row.answered_at, row.known_at) for row in rows}

    def _answer(self, taken: Taken, each: Due, said: Said, past: Past, now: int) -> Answer:
        expires_at = now + taken.lookup.lifetime(said, past, now)
        kind, provider = taken.lookup.kind, self.access.name
        return Answer(kind, each.value, provider, Status.ENRICHED, now, said, expires_at=expires_at)

    def _failed(self, taken: Taken, each: Due, error: str, now: int) -> Answer:
        again_at = now + round(_BACKOFF.pause(each.attempts + 1) * US_PER_SECOND)
        kind, provider = taken.lookup.kind, self.access.name
        return Answer(kind, each.value, provider, Status.FAILED, now, next_attempt_at=again_at, error=error)

    def call_failed(self, connection: Connection, taken: Taken, error: CallError) -> None:
        """The end of a call without an answer, and how long the service is left alone for it."""
        now = self.now()
        outcome, rest_until = self._consequence(connection, taken, error, now)
        settle(connection, taken.call, now, outcome, error=str(error), rest_until=rest_until)

    def _consequence(
        self, connection: Connection, taken: Taken, error: CallError, now: int
    ) -> tuple[Outcome, int | None]:
        """What a failure was, and until when the service is left alone for it."""
        asked_for = None if error.retry_after is None else round(max(error.retry_after, 1.0) * US_PER_SECOND)
        if error.outcome is Outcome.REFUSED:
            return Outcome.REFUSED, now + _REST_OF_REFUSING_US
        if error.outcome is not Outcome.OVER_MINUTE:
            return error.outcome, None if asked_for is None else now + min(asked_for, US_PER_DAY)
        window = passed_window(connection, self.provider_id, self.access.rates, taken.booked_at)
        if asked_for is not None:
            return _asked_for(asked_for, window, now)
        ends = {"minute": now + self.access.service.rest_seconds * US_PER_SECOND, "day": day_end(now)}
        return window, ends.get(OVER[window], month_end(now))

    def values_failed(self, connection: Connection, taken: Taken, error: CallError, *, is_down: bool) -> None:
        """All attempts at some values failed. A service that is down is left alone for a while."""
        now = self.now()
        if is_down:
            settle(connection, taken.call, now, error.outcome, error=str(error), rest_until=now + _REST_OF_FAILING_US)
        record(connection, [self._failed(taken, each, str(error), now) for each in taken.dues], now_us=now)

    def put_back(self, connection: Connection, taken: Taken) -> None:
        """Values that nothing came of are due as they were."""
        until = {each.value_id: each.next_attempt_at for each in taken.dues}
        put_off(connection, taken.lookup.kind, self.provider_id, until)

    def skip(self, connection: Connection, kind: Kind, dues: Sequence[Due], now: int) -> None:
        """Say of values that no service is asked about them, and why."""
        answers = [
            Answer(kind, each.value, self.access.name, Status.SKIPPED, now, error=why_skipped(kind, each.value))
            for each in dues
        ]
        record(connection, answers, now_us=now)


def _asked_for(rest: int, window: Outcome, now: int) -> tuple[Outcome, int]:
    """The limit that a service speaks of by how long it wants to be left alone, and until when it is.

    More than a day is believed only of a month's limit: `window` is that where the service has one, and was left alone
    for a day before.
    """
    if rest <= _REST_OF_A_MINUTE_US:
        return Outcome.OVER_MINUTE, now + rest
    if rest <= US_PER_DAY or window is not Outcome.OVER_MONTH:
        return Outcome.OVER_DAY, now + min(rest, US_PER_DAY)
    return Outcome.OVER_MONTH, min(now + rest, month_end(now))
