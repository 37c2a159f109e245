"""Asking services about what waits, until nothing is due or a budget is used up.

Each step is small: take (a transaction: the next values, and a call that is booked), ask (no transaction is open while
the network is used), settle (a transaction: the answer, and how the call ended). A process that dies in between leaves
a call that counts and values that are due again some minutes later: it costs that one call. Several processes may work
side by side: a value that is taken is not due for the others.
"""

import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from cowrie_assets import clock
from cowrie_assets.activity import Stage, stage
from cowrie_assets.clock import US_PER_SECOND, iso_us
from cowrie_assets.enrichment.access import Access, Key
from cowrie_assets.enrichment.calling import BOUNDS, Bounds, CallError, call
from cowrie_assets.enrichment.due import Due, enroll, put_off
from cowrie_assets.enrichment.quota import (
    Outcome,
    Wait,
    book,
    forget_old_calls,
    rest_until,
    scope_of,
    wait_before_call,
)
from cowrie_assets.enrichment.service import Lookup
from cowrie_assets.enrichment.settling import Settling, Taken
from cowrie_assets.enrichment.skipping import why_skipped
from cowrie_assets.enrichment.wanted import Queue, Wanted, queue_of
from cowrie_assets.errors import SettingsError
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.write_scope import ROWS

ATTEMPTS = 3
"""Calls about the same values before they are put off."""
_LONGEST_PAUSE = 30.0
_MOST_FAILURES = 3
"""After so many values in a row that it fails for, or calls that are too many for it, a service is left alone."""
_LONGEST_WAIT_US = 120 * US_PER_SECOND
"""For more a run does not wait: it ends, and a later one goes on."""
_LOOK_AGAIN_US = 20 * US_PER_SECOND
_SEVERAL = 100
"""Values that are looked at together for those that no service is asked about."""
_TAKEN_US = 600 * US_PER_SECOND
"""How long values stay with who took them: longer than all attempts take."""


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
    """Why nothing came of asking: the rest of a sentence that begins with the service's name."""
    insisted_until: int | None = None
    """Until when the service was to be left alone that was asked all the same."""


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
    with stage("enrichment", database=warehouse) as run:
        told = run.telling(progress)
        works = [_ServiceWork(warehouse, access, wanted or Wanted(), timing, bounds, told, stop) for access in accesses]
        if len(works) == 1:
            return _counted(run, [_watched(works[0])])
        with ThreadPoolExecutor(max_workers=max(len(works), 1), thread_name_prefix="enrich") as threads:
            running = [threads.submit(copy_context().run, _watched, work) for work in works]
            try:
                wait(running, return_when=FIRST_EXCEPTION)
            finally:
                stop.set()
        return _counted(run, [each.result() for each in running])


def _watched(work: "_ServiceWork") -> Worked:
    with stage("enrich", service=work.access.name) as asking:
        worked = work.run()
        asking.note(calls=worked.calls, answered=worked.answered, failed=worked.failed)
    return worked


def _counted(run: Stage, done: list[Worked]) -> list[Worked]:
    run.note(
        calls=sum(each.calls for each in done),
        values_answered=sum(each.answered for each in done),
        values_skipped=sum(each.skipped for each in done),
        values_failed=sum(each.failed for each in done),
        faults=sum(each.error is not None for each in done),
    )
    return done


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
    refusals: int = field(default=0, init=False)
    """Calls in a row that were too many for it."""
    failure: str | None = field(default=None, init=False)
    """Why it failed for a value last."""
    total: int = field(default=0, init=False)
    insisted_at: int | None = field(default=None, init=False)
    queue: Queue = field(init=False)
    settling: Settling = field(init=False)

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
        self.warehouse.run(
            lambda connection: forget_old_calls(
                connection, self.queue.provider_id, self.access.rates, self.timing.now()
            ),
            ROWS,
        )
        self.settling = Settling(self.access, self.queue.provider_id, self.timing.now)
        if self.wanted.insists:
            self.insisted_at = self.timing.now()
        if self.wanted.named is None:
            for lookup in self.access.service.lookups:
                enroll(self.warehouse, lookup.kind, self.access.name, progress=self.progress)
        self.total = self._total()
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
                    continue
                case Taken():
                    self._ask(key, step)
            self._tell()
        if self.worked.failed and not self.worked.answered:
            self.worked.error = self.worked.error or self.failure
        return self.worked

    def _tell(self, waits_for: str = "") -> None:
        """Say how far the work is: no time left, for what is left goes as fast as the limits let it."""
        done = self.worked.answered + self.worked.skipped + self.worked.failed
        stands = Progress(self.access.name, done, max(self.total, done), "values", waits_for, is_steady=False)
        self.progress(replace(stands, is_waiting=True) if waits_for else stands)

    def _asks_on(self) -> bool:
        ends_at = self.wanted.until
        return self.worked.error is None and self._left() > 0 and (ends_at is None or self.timing.now() < ends_at)

    def _left(self) -> int:
        """About how many values the service may be asked still."""
        done = self.worked.answered + self.worked.failed
        return sys.maxsize if self.wanted.limit is None else self.wanted.limit - done

    def _total(self) -> int:
        """How many values are due, as far as the run may go."""
        with self.warehouse.read() as connection:
            now = self.timing.now()
            number = sum(self.queue.backlog(connection, each.kind, now=now) for each in self.access.service.lookups)
        return number if self.wanted.limit is None else min(number, self.wanted.limit)

    # ---------------------------------------------------------------------------------------------------------- take

    def _take(self, connection: Connection) -> Taken | _Skipped | Wait | None:
        """The next values, with a call that is booked; or why there is none."""
        now = self.timing.now()
        self.queue.date_anew(connection, now)
        for lookup in self.access.service.lookups:
            dues = self.queue.due(connection, lookup.kind, now=now, most=max(lookup.at_once, _SEVERAL))
            skipped = [each for each in dues if why_skipped(lookup.kind, each.value) is not None]
            if skipped:
                self.settling.skip(connection, lookup.kind, skipped, now)
                return _Skipped(len(skipped))
            asked = _with_spellings(lookup, dues, min(lookup.at_once, self._left()))[: self._left()]
            if asked:
                return self._wait_before_call(connection, now) or self._booked(connection, lookup, asked, now)
        return None

    def _wait_before_call(self, connection: Connection, now: int) -> Wait | None:
        return wait_before_call(
            connection, self.queue.provider_id, self.access.rates, now, insisted_at=self.insisted_at
        )

    def _booked(self, connection: Connection, lookup: Lookup, dues: Sequence[Due], now: int) -> Taken:
        if self.worked.insisted_until is None and self.insisted_at is not None:
            self.worked.insisted_until = rest_until(connection, self.queue.provider_id, now)
        number = book(connection, self.queue.provider_id, now, values=len(dues))
        back_at = now + _TAKEN_US
        put_off(connection, lookup.kind, self.queue.provider_id, {each.value_id: back_at for each in dues})
        return Taken(lookup, dues, number, now)

    def _waits(self, reason: Wait) -> bool:
        """Wait, where that is worth while. Others may have calls on their way that end soon: it looks again."""
        left = reason.until - self.timing.now()
        is_long = left > _LONGEST_WAIT_US and reason.window != "minute"
        if is_long or (self.wanted.until is not None and reason.until > self.wanted.until):
            self.worked.waits = reason
            return False
        limit = f"the limit of a {reason.window}" if reason.window else "the end of the rest that it was given"
        self._tell(f"waits for {limit} till {_time(reason.until)}")
        self.timing.sleep(min(max(left, 0), _LOOK_AGAIN_US) / US_PER_SECOND)
        return True

    # ----------------------------------------------------------------------------------------------------------- ask

    def _ask(self, key: Key, taken: Taken) -> None:
        """Ask about what was taken, several times where the service fails, and write what comes of it."""
        retrying = Retrying(
            sleep=self.timing.sleep,
            stop=stop_after_attempt(ATTEMPTS),
            wait=_seconds_before_next,
            retry=retry_if_exception(lambda error: isinstance(error, CallError) and error.passing),
            before_sleep=self._tell_pause,
            reraise=True,
        )
        try:
            for attempt in retrying:
                with attempt:
                    if attempt.retry_state.attempt_number > 1:
                        taken = self._taken_again(taken)
                    self._call(key, taken)
        except _NotNowError:
            self.warehouse.run(lambda connection: self.settling.put_back(connection, taken), ROWS)
        except CallError as error:
            self._give_up(taken, error)

    def _tell_pause(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        again_at = self.timing.now() + round(state.upcoming_sleep * US_PER_SECOND)
        self._tell(f"it {error}; is asked again not before {_time(again_at)}")

    def _give_up(self, taken: Taken, error: CallError) -> None:
        """Put the values off: they are tried again later, unless the fault is not theirs."""
        if error.outcome is not Outcome.FAILED:
            self.refusals += 1
            if error.outcome is Outcome.REFUSED or self.refusals == _MOST_FAILURES:
                self.worked.error = str(error)
            self.warehouse.run(lambda connection: self.settling.put_back(connection, taken), ROWS)
            return
        self.failures += 1
        self.failure = str(error)
        self.worked.failed += len(taken.dues)
        is_down = self.failures >= _MOST_FAILURES
        if is_down:
            self.worked.error = str(error)
        self.warehouse.run(
            lambda connection: self.settling.values_failed(connection, taken, error, is_down=is_down), ROWS
        )

    def _taken_again(self, taken: Taken) -> Taken:
        """The same values with another call. Raises _NotNowError."""
        while True:
            step = self.warehouse.run(lambda connection: self._again(connection, taken), scope_of(self.access.name))
            if isinstance(step, Taken):
                return step
            if self.stop.is_set() or not self._waits(step):
                raise _NotNowError

    def _again(self, connection: Connection, taken: Taken) -> Taken | Wait:
        now = self.timing.now()
        self.queue.date_anew(connection, now)
        return self._wait_before_call(connection, now) or self._booked(connection, taken.lookup, taken.dues, now)

    def _call(self, key: Key, taken: Taken) -> None:
        """One call, settled however it ends. Raises CallError."""
        self.worked.calls += 1
        longest = _time(taken.booked_at + round(self.bounds.whole * US_PER_SECOND))
        try:
            said = call(
                self.access,
                key,
                taken.lookup,
                [each.value for each in taken.dues],
                self.bounds,
                is_slow=lambda: self._tell(f"waits for an answer till {longest} at most"),
            )
        except CallError as error:
            failure = error  # the name of an exception ends with its clause
            self.warehouse.run(lambda connection: self.settling.call_failed(connection, taken, failure), ROWS)
            raise
        self.warehouse.run(lambda connection: self.settling.answered(connection, taken, said), ROWS)
        self.failures = self.refusals = 0
        self.worked.answered += len(said)
        self.worked.failed += len(taken.dues) - len(said)


def _with_spellings(lookup: Lookup, dues: Sequence[Due], most: int) -> list[Due]:
    """The first `most` values, and those of the others that are the same as one of them: one call is about all."""
    first = {lookup.same(each.value) for each in dues[:most]}
    return [*dues[:most], *(each for each in dues[most:] if lookup.same(each.value) in first)]


def _time(us: int) -> str:
    """`12:03:05Z`: nothing that is waited for takes a day."""
    return f"{iso_us(us)[11:19]}Z"


def _seconds_before_next(state: RetryCallState) -> float:
    """Doubling, drawn at random below that, 30 s at most. A service that asks for more is waited for by the ledger."""
    error = state.outcome.exception() if state.outcome else None
    asked_for = (error.retry_after if isinstance(error, CallError) else None) or 0.0
    return min(max(wait_random_exponential(multiplier=1, max=_LONGEST_PAUSE)(state), asked_for), _LONGEST_PAUSE)
