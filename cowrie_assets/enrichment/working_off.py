"""Asking services about what waits, until nothing is due or a budget is used up.

Each step is small: take (a transaction: the next values, and a call that is booked), ask (no transaction is open while
the network is used), settle (a transaction: the answer, and how the call ended). A process that dies in between leaves
a call that counts and values that are due again some minutes later: it costs that one call. Several processes may work
side by side: a value that is taken is not due for the others.
"""

import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from cowrie_assets import clock
from cowrie_assets.clock import US_PER_DAY, US_PER_HOUR, US_PER_SECOND
from cowrie_assets.enrichment.access import Access, Key
from cowrie_assets.enrichment.answers import Answer, Said, Status
from cowrie_assets.enrichment.calling import BOUNDS, Bounds, CallError, call
from cowrie_assets.enrichment.due import Due, enroll, put_off
from cowrie_assets.enrichment.places import PlaceSource, record_places
from cowrie_assets.enrichment.quota import (
    OVER,
    Outcome,
    Wait,
    book,
    day_end,
    forget_old_calls,
    month_end,
    passed_window,
    scope_of,
    settle,
    wait_before_call,
)
from cowrie_assets.enrichment.service import Lookup, Past
from cowrie_assets.enrichment.skipping import why_skipped
from cowrie_assets.enrichment.verdicts import record
from cowrie_assets.enrichment.wanted import Queue, Wanted, queue_of
from cowrie_assets.errors import SettingsError
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.write_scope import ROWS

ATTEMPTS = 3
"""Calls about the same values before they are put off."""
_LONGEST_PAUSE = 30.0
_MOST_FAILURES = 3
"""After so many values in a row that it fails for, a service is left alone."""
_REST_OF_FAILING_US = 900 * US_PER_SECOND
_REST_OF_REFUSING_US = US_PER_HOUR
_FIRST_REST_US = 900 * US_PER_SECOND
_LONGEST_REST_US = US_PER_DAY
"""Between two attempts at a value that fails, which double from the first."""
_LONGEST_WAIT_US = 120 * US_PER_SECOND
"""For more a run does not wait: it ends, and a later one goes on."""
_LOOK_AGAIN_US = 20 * US_PER_SECOND
_SEVERAL = 100
"""Values that are looked at together for those that no service is asked about."""
_TAKEN_US = 600 * US_PER_SECOND
"""How long values stay with who took them: longer than all attempts take."""
_REST_OF_A_MINUTE_US = 300 * US_PER_SECOND
_MOST_DOUBLINGS = 10
_CHANCE = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Timing:
    """What tells the time, and what waits."""

    now: Callable[[], int] = clock.now_us
    sleep: Callable[[float], None] = time.sleep


@dataclass(slots=True)
class Worked:
    """What came of asking one service."""

    service: str
    answered: int = 0
    """Values that it said something of, if only that it does not know them."""
    skipped: int = 0
    failed: int = 0
    calls: int = 0
    waits: Wait | None = None
    """What the run ended at, where something is due still."""
    error: str | None = None
    """Why the service could not be asked: the rest of a sentence that begins with its name."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """Values that a booked call is about."""

    lookup: Lookup
    dues: Sequence[Due]
    call: int
    booked_at: int
    skipped: int


@dataclass(frozen=True, slots=True)
class _Skipped:
    number: int


class _NotNowError(Exception):
    """A call cannot be repeated now."""


def work_off(
    warehouse: Warehouse,
    accesses: Sequence[Access],
    wanted: Wanted | None = None,
    *,
    timing: Timing | None = None,
    bounds: Bounds = BOUNDS,
    progress: ProgressSink = silent,
) -> list[Worked]:
    """Ask services side by side, a thread each: one that is slow holds up no other. Gives what came of each.

    What goes wrong with a service stands in its result; what goes wrong with the database ends all of them, and is
    raised.
    """
    stop = threading.Event()
    timing = timing or Timing(sleep=lambda seconds: _pause(stop, seconds))
    warehouse.run(lambda connection: forget_old_calls(connection, timing.now()), ROWS)
    works = [_ServiceWork(warehouse, access, wanted or Wanted(), timing, bounds, progress, stop) for access in accesses]
    if len(works) == 1:
        return [works[0].run()]
    with ThreadPoolExecutor(max_workers=max(len(works), 1), thread_name_prefix="enrich") as threads:
        running = [threads.submit(work.run) for work in works]
        try:
            wait(running, return_when=FIRST_EXCEPTION)
        finally:
            stop.set()
    return [each.result() for each in running]


def _pause(stop: threading.Event, seconds: float) -> None:
    stop.wait(seconds)


@dataclass(slots=True)
class _ServiceWork:
    """The work of one run on one service."""

    warehouse: Warehouse
    access: Access
    wanted: Wanted
    timing: Timing
    bounds: Bounds
    progress: ProgressSink
    stop: threading.Event
    worked: Worked = field(init=False)
    failures: int = field(default=0, init=False)
    """Values in a row that the service failed for."""
    queue: Queue = field(init=False)

    def run(self) -> Worked:
        """Ask until nothing is due, a budget is used up, or the service fails."""
        self.worked = Worked(self.access.name)
        try:
            key = self.access.key()
        except SettingsError as error:
            self.worked.error = f"is not asked: {error}"
            return self.worked
        self.queue = self.warehouse.run(
            lambda connection: queue_of(connection, self.access, self.wanted, self.timing.now()), ROWS
        )
        if self.wanted.named is None:
            for lookup in self.access.service.lookups:
                enroll(self.warehouse, lookup.kind, self.access.name, progress=self.progress)
        total = self._total()
        while not self.stop.is_set() and self._asks_on():
            step = self.warehouse.run(self._take, scope_of(self.access.name))
            match step:
                case None:
                    break
                case _Skipped():
                    self.worked.skipped += step.number
                case Wait():
                    if not self._waits(step):
                        break
                case _Taken():
                    self.worked.skipped += step.skipped
                    self._ask(key, step)
            done = self.worked.answered + self.worked.skipped + self.worked.failed
            self.progress(Progress(self.access.name, done, max(total, done), "values"))
        return self.worked

    def _asks_on(self) -> bool:
        ends_at = self.wanted.until
        return self.worked.error is None and self._left() > 0 and (ends_at is None or self.timing.now() < ends_at)

    def _left(self) -> int:
        """About how many values the service may be asked still."""
        done = self.worked.answered + self.worked.failed
        return _SEVERAL if self.wanted.limit is None else self.wanted.limit - done

    def _total(self) -> int:
        """How many values are due, as far as the run may go."""
        with self.warehouse.read() as connection:
            now = self.timing.now()
            number = sum(self.queue.backlog(connection, each.kind, now=now) for each in self.access.service.lookups)
        return number if self.wanted.limit is None else min(number, self.wanted.limit)

    # ---------------------------------------------------------------------------------------------------------- take

    def _take(self, connection: Connection) -> _Taken | _Skipped | Wait | None:
        """The next values, with a call that is booked; or why there is none. Tells of those that are skipped on the
        way."""
        now = self.timing.now()
        for lookup in self.access.service.lookups:
            dues = self.queue.due(connection, lookup.kind, now=now, most=max(lookup.at_once, _SEVERAL))
            reasons = {each.value_id: why_skipped(lookup.kind, each.value) for each in dues}
            skipped = [each for each in dues if reasons[each.value_id] is not None]
            if skipped:
                answers = [self._skipped(lookup, each, reasons[each.value_id], now) for each in skipped]
                record(connection, answers, now_us=now)
            asked = [each for each in dues if reasons[each.value_id] is None][: min(lookup.at_once, self._left())]
            if not asked and skipped:
                return _Skipped(len(skipped))
            if asked:
                wait_for = wait_before_call(
                    connection, self.queue.provider_id, self.access.rates, now, tries_key=self.wanted.tries_key
                )
                return wait_for or self._booked(connection, lookup, asked, now, len(skipped))
        return None

    def _booked(
        self, connection: Connection, lookup: Lookup, dues: Sequence[Due], now: int, skipped: int = 0
    ) -> _Taken:
        number = book(connection, self.queue.provider_id, now, values=len(dues))
        back_at = now + _TAKEN_US
        put_off(connection, lookup.kind, self.queue.provider_id, {each.value_id: back_at for each in dues})
        return _Taken(lookup, dues, number, now, skipped)

    def _skipped(self, lookup: Lookup, each: Due, reason: str | None, now: int) -> Answer:
        return Answer(lookup.kind, each.value, self.access.name, Status.SKIPPED, now, error=reason)

    def _waits(self, reason: Wait) -> bool:
        """Wait, where that is worth while. Others may have calls on their way that end soon: it looks again."""
        left = reason.until - self.timing.now()
        is_long = left > _LONGEST_WAIT_US and reason.window != "minute"
        if is_long or (self.wanted.until is not None and reason.until > self.wanted.until):
            self.worked.waits = reason
            return False
        self.timing.sleep(min(max(left, 0), _LOOK_AGAIN_US) / US_PER_SECOND)
        return True

    # ----------------------------------------------------------------------------------------------------------- ask

    def _ask(self, key: Key, taken: _Taken) -> None:
        """Ask about what was taken, several times where the service fails, and write what comes of it."""
        retrying = Retrying(
            sleep=self.timing.sleep,
            stop=stop_after_attempt(ATTEMPTS),
            wait=_seconds_before_next,
            retry=retry_if_exception(lambda error: isinstance(error, CallError) and error.passing),
            reraise=True,
        )
        try:
            for attempt in retrying:
                with attempt:
                    if attempt.retry_state.attempt_number > 1:
                        taken = self._taken_again(taken)
                    self._call(key, taken)
        except _NotNowError:
            self.warehouse.run(lambda connection: self._put_back(connection, taken), ROWS)
        except CallError as error:
            self._give_up(taken, error)

    def _taken_again(self, taken: _Taken) -> _Taken:
        """The same values with another call. Raises _NotNowError."""
        while True:
            step = self.warehouse.run(lambda connection: self._again(connection, taken), scope_of(self.access.name))
            if isinstance(step, _Taken):
                return step
            if self.stop.is_set() or not self._waits(step):
                raise _NotNowError

    def _again(self, connection: Connection, taken: _Taken) -> _Taken | Wait:
        now = self.timing.now()
        wait_for = wait_before_call(connection, self.queue.provider_id, self.access.rates, now)
        return wait_for or self._booked(connection, taken.lookup, taken.dues, now)

    def _call(self, key: Key, taken: _Taken) -> None:
        """One call, settled however it ends. Raises CallError."""
        self.worked.calls += 1
        try:
            said = call(self.access, key, taken.lookup, [each.value for each in taken.dues], self.bounds)
        except CallError as error:
            failure = error  # the name of an exception ends with its clause
            self.warehouse.run(lambda connection: self._settle_failure(connection, taken, failure), ROWS)
            raise
        self.warehouse.run(lambda connection: self._settle_answers(connection, taken, said), ROWS)
        self.failures = 0
        self.worked.answered += len(said)
        self.worked.failed += len(taken.dues) - len(said)

    # -------------------------------------------------------------------------------------------------------- settle

    def _settle_answers(self, connection: Connection, taken: _Taken, said: Mapping[str, Said]) -> None:
        """The answers and the end of their call, in one transaction."""
        now = self.timing.now()
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

    def _pasts(self, connection: Connection, taken: _Taken) -> dict[int, Past]:
        query = statement("enrichment/past_answers").bindparams(bindparam("values", expanding=True))
        key = {"kind": int(taken.lookup.kind), "provider_id": self.queue.provider_id}
        rows = (
            row
            for some in chunks([each.value_id for each in taken.dues])
            for row in connection.execute(query, key | {"values": some})
        )
        return {row.value_id: Past(row.answered_at, row.known_at) for row in rows}

    def _answer(self, taken: _Taken, each: Due, said: Said, past: Past, now: int) -> Answer:
        expires_at = now + taken.lookup.lifetime(said, past, now)
        kind, provider = taken.lookup.kind, self.access.name
        return Answer(kind, each.value, provider, Status.ENRICHED, now, said, expires_at=expires_at)

    def _failed(self, taken: _Taken, each: Due, error: str, now: int) -> Answer:
        rest = min(_FIRST_REST_US << min(each.attempts, _MOST_DOUBLINGS), _LONGEST_REST_US)
        again_at = now + round(rest * _CHANCE.uniform(0.5, 1))
        kind, provider = taken.lookup.kind, self.access.name
        return Answer(kind, each.value, provider, Status.FAILED, now, next_attempt_at=again_at, error=error)

    def _settle_failure(self, connection: Connection, taken: _Taken, error: CallError) -> None:
        now = self.timing.now()
        outcome, rest_until = self._consequence(connection, taken, error, now)
        settle(connection, taken.call, now, outcome, error=str(error), rest_until=rest_until)

    def _consequence(
        self, connection: Connection, taken: _Taken, error: CallError, now: int
    ) -> tuple[Outcome, int | None]:
        """What a failure was, and until when the service is left alone for it."""
        asked_for = None if error.retry_after is None else now + round(error.retry_after * US_PER_SECOND)
        if error.outcome is Outcome.REFUSED:
            return Outcome.REFUSED, now + _REST_OF_REFUSING_US
        if error.outcome is not Outcome.OVER_MINUTE:
            return error.outcome, asked_for
        if asked_for is not None:
            return _window_until(asked_for, now), asked_for
        outcome = passed_window(connection, self.queue.provider_id, self.access.rates, taken.booked_at)
        ends = {"minute": now + self.access.service.rest_seconds * US_PER_SECOND, "day": day_end(now)}
        return outcome, ends.get(OVER[outcome], month_end(now))

    def _give_up(self, taken: _Taken, error: CallError) -> None:
        """Put the values off: they are tried again later, unless the fault is not theirs."""
        if error.outcome is not Outcome.FAILED:
            self.worked.error = str(error) if error.outcome is Outcome.REFUSED else None
            self.warehouse.run(lambda connection: self._put_back(connection, taken), ROWS)
            return
        self.failures += 1
        self.worked.failed += len(taken.dues)
        is_down = self.failures >= _MOST_FAILURES
        if is_down:
            self.worked.error = str(error)
        self.warehouse.run(lambda connection: self._record_failure(connection, taken, error, is_down=is_down), ROWS)

    def _record_failure(self, connection: Connection, taken: _Taken, error: CallError, *, is_down: bool) -> None:
        now = self.timing.now()
        if is_down:
            settle(connection, taken.call, now, error.outcome, error=str(error), rest_until=now + _REST_OF_FAILING_US)
        record(connection, [self._failed(taken, each, str(error), now) for each in taken.dues], now_us=now)

    def _put_back(self, connection: Connection, taken: _Taken) -> None:
        until = {each.value_id: each.next_attempt_at for each in taken.dues}
        put_off(connection, taken.lookup.kind, self.queue.provider_id, until)


def _seconds_before_next(state: RetryCallState) -> float:
    """Doubling, drawn at random below that, and not before the service wants to be asked again."""
    error = state.outcome.exception() if state.outcome else None
    asked_for = (error.retry_after if isinstance(error, CallError) else None) or 0.0
    return min(max(wait_random_exponential(multiplier=1, max=_LONGEST_PAUSE)(state), asked_for), _LONGEST_PAUSE)


def _window_until(moment: int, now: int) -> Outcome:
    """The window that a service speaks of, by how long it wants to be left alone."""
    if moment - now <= _REST_OF_A_MINUTE_US:
        return Outcome.OVER_MINUTE
    return Outcome.OVER_DAY if moment - now <= US_PER_DAY else Outcome.OVER_MONTH
