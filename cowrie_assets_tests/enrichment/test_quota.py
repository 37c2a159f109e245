"""What may be called when: no window, wherever it begins, sees more calls than its limit."""

import random
from collections import Counter
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from cowrie_assets.clock import US_PER_DAY, US_PER_HOUR, US_PER_SECOND, iso_us, to_us
from cowrie_assets.enrichment.providers import VIRUSTOTAL
from cowrie_assets.enrichment.quota import (
    LONGEST_CALL_US,
    US_PER_MINUTE,
    Outcome,
    Usage,
    Wait,
    book,
    calls_ahead,
    date_anew,
    forget_old_calls,
    month_end,
    passed_window,
    settle,
    usage_of,
    wait_before_call,
)
from cowrie_assets.enrichment.service import Rates
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.write_scope import ROWS

NOON = to_us(datetime(2026, 1, 31, 12, tzinfo=UTC))
SECOND = US_PER_SECOND


class Ledger:
    """Calls to one service; `calls` are the moments between which each may have reached it."""

    def __init__(self, warehouse: Warehouse, rates: Rates) -> None:
        self.warehouse, self.rates = warehouse, rates
        self.calls: list[tuple[int, int]] = []

    def wait(self, now: int, *, insisted_at: int | None = None) -> Wait | None:
        with self.warehouse.read() as connection:
            return wait_before_call(connection, VIRUSTOTAL, self.rates, now, insisted_at=insisted_at)

    def ready(self, now: int) -> Wait | None:
        """What a call has to wait for that would be booked now."""
        with self.warehouse.write(ROWS) as connection:
            date_anew(connection, VIRUSTOTAL, now)
            return wait_before_call(connection, VIRUSTOTAL, self.rates, now)

    def forget(self, now: int) -> None:
        self.warehouse.run(lambda connection: forget_old_calls(connection, VIRUSTOTAL, self.rates, now), ROWS)

    def call(self, now: int, took: int | None = SECOND, outcome: Outcome = Outcome.ANSWERED, rest: int = 0) -> None:
        """One that takes so long; None: nobody sees its end."""
        with self.warehouse.write(ROWS) as connection:
            number = book(connection, VIRUSTOTAL, now, values=1)
            if took is not None:
                until = now + took + rest if rest else None
                settle(connection, number, now + took, outcome, error="x" if rest else None, rest_until=until)
        self.calls.append((now, now + (took or 0)))


def test_a_minute_a_day_and_a_month_are_full(warehouse: Warehouse) -> None:
    ledger = Ledger(warehouse, Rates(per_minute=2, per_day=4, per_month=5))
    ledger.call(NOON)
    assert ledger.wait(NOON + 2 * SECOND) is None
    ledger.call(NOON + 5 * SECOND, took=None)
    assert ledger.wait(NOON + 6 * SECOND) == Wait(NOON + SECOND + US_PER_MINUTE, "minute")
    assert ledger.wait(NOON + SECOND + US_PER_MINUTE) is None
    ledger.call(NOON + 5 * US_PER_MINUTE)
    assert ledger.wait(NOON + 6 * US_PER_MINUTE) == Wait(NOON + US_PER_DAY // 2, "day"), "95 % of 4 is 3"
    ledger.call(NOON + 7 * US_PER_MINUTE)
    ledger.call(NOON + US_PER_DAY // 2 - SECOND // 2)
    assert ledger.wait(NOON + 8 * US_PER_MINUTE) == Wait(month_end(NOON), "month")
    beyond = month_end(NOON) + US_PER_MINUTE
    assert iso_us(beyond) == "2026-02-01T00:01:00.000000Z"
    ledger.rates = Rates(per_minute=9, per_day=1)
    assert ledger.wait(beyond) is not None, "one that ended behind midnight counts on both days"


def test_no_window_sees_more_than_its_limit(warehouse: Warehouse) -> None:
    """Calls of any length at any time, some of which nobody saw the end of."""
    chance = random.Random(5)
    ledger = Ledger(warehouse, Rates(per_minute=4))
    now = NOON
    for _ in range(150):
        wait = ledger.wait(now)
        now = wait.until if wait else now
        assert ledger.wait(now) is None
        took = chance.choice((SECOND // 10, 5 * SECOND, 40 * SECOND))
        ledger.call(now, took if chance.random() < 0.9 else None)
        now += took + chance.choice((0, 0, SECOND, US_PER_MINUTE))
    arrivals = sorted(chance.randint(*call) for call in ledger.calls)
    assert all(later - earlier > US_PER_MINUTE for earlier, later in zip(arrivals, arrivals[4:], strict=False))


@pytest.mark.parametrize(
    ("outcome", "rest", "least"),
    [
        (Outcome.REFUSED, US_PER_DAY, 0),
        (Outcome.FAILED, US_PER_DAY, 0),
        (Outcome.OVER_DAY, US_PER_DAY, US_PER_MINUTE),
        (Outcome.OVER_MONTH, 9 * US_PER_DAY, US_PER_MINUTE),
        (Outcome.OVER_MINUTE, 5 * US_PER_MINUTE, 5 * US_PER_MINUTE),
    ],
)
def test_a_service_rests_as_long_as_it_asks_unless_a_user_insists(
    warehouse: Warehouse, outcome: Outcome, rest: int, least: int
) -> None:
    """Who insists waits for the minute of a limit, and for all that is asked for since."""
    ledger = Ledger(warehouse, Rates(per_minute=4))
    ledger.call(NOON, outcome=outcome, rest=rest)
    ended = NOON + SECOND
    assert ledger.wait(ended + 1) == Wait(ended + rest, None)
    assert ledger.wait(ended + 1, insisted_at=ended + 1) == (Wait(ended + least, None) if least else None)
    assert ledger.wait(ended + least + 1, insisted_at=ended + 1) is None
    assert ledger.wait(ended + 1, insisted_at=ended - 1) == Wait(ended + rest, None)


@pytest.mark.parametrize(
    ("rates", "windows"),
    [
        (Rates(4, 500, 15_500), [Outcome.OVER_MINUTE, Outcome.OVER_DAY, Outcome.OVER_MONTH, Outcome.OVER_MONTH]),
        (Rates(60, 1_000), [Outcome.OVER_MINUTE, Outcome.OVER_DAY, Outcome.OVER_DAY]),
        (Rates(60), [Outcome.OVER_MINUTE, Outcome.OVER_MINUTE]),
    ],
)
def test_which_limit_a_429_speaks_of(warehouse: Warehouse, rates: Rates, windows: list[Outcome]) -> None:
    ledger = Ledger(warehouse, rates)
    now = NOON
    for window in windows:
        now += US_PER_MINUTE
        with warehouse.read() as connection:
            assert passed_window(connection, VIRUSTOTAL, rates, now) is window
        ledger.call(now, outcome=window, rest=30 * SECOND)
    ledger.call(now + 2 * SECOND, outcome=Outcome.FAILED, rest=SECOND)
    with warehouse.read() as connection:
        on_its_way = passed_window(connection, VIRUSTOTAL, rates, now + 3 * SECOND)
    assert on_its_way is windows[-1]
    ledger.call(now + US_PER_MINUTE)
    with warehouse.read() as connection:
        assert passed_window(connection, VIRUSTOTAL, rates, now + US_PER_DAY) is Outcome.OVER_MINUTE


def test_old_calls_are_forgotten_but_for_as_many_as_fill_a_window(warehouse: Warehouse) -> None:
    ledger = Ledger(warehouse, Rates(per_minute=1, per_day=3))
    for days in (90, 80, 70, 31):
        ledger.call(NOON - days * US_PER_DAY)
    ledger.forget(NOON)
    with warehouse.read() as connection:
        kept = connection.execute(text("SELECT booked_at FROM service_calls ORDER BY id")).scalars().all()
    assert [NOON - at for at in kept] == [70 * US_PER_DAY, 31 * US_PER_DAY]


def test_what_a_clock_that_was_ahead_dated_counts_as_made_now_and_once(warehouse: Warehouse) -> None:
    ledger = Ledger(warehouse, Rates(per_minute=9, per_day=5))
    ahead = NOON + 400 * US_PER_DAY
    ledger.call(NOON)
    for number in range(3):
        ledger.call(ahead + number * US_PER_MINUTE, took=None)
    ledger.call(ahead, outcome=Outcome.REFUSED, rest=5 * US_PER_MINUTE)
    ledger.forget(ahead)
    with warehouse.read() as connection:
        number, until = calls_ahead(connection, NOON)
    assert (number, until) == (4, ahead + 2 * US_PER_MINUTE + LONGEST_CALL_US)
    later = NOON + 2 * US_PER_MINUTE
    assert ledger.ready(later) == Wait(later + 5 * US_PER_MINUTE, None), "a rest begins when it is noticed"
    assert ledger.ready(later + 5 * US_PER_MINUTE) == Wait(NOON + US_PER_DAY // 2, "day")
    with warehouse.read() as connection:
        assert calls_ahead(connection, later) == (0, None)
        assert usage_of(connection, VIRUSTOTAL, later) == Usage(5, 5)
        assert usage_of(connection, VIRUSTOTAL, later + US_PER_DAY) == Usage(0, 0), "of another month, too"
    assert ledger.ready(NOON + US_PER_DAY) is None
    ledger.forget(NOON + 63 * US_PER_DAY)
    with warehouse.read() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM service_calls")).scalar_one() == 1


@pytest.mark.sqlite_first
@pytest.mark.parametrize("days", [30, 400])
def test_a_clock_that_falls_back_and_is_set_again_exceeds_no_limit(warehouse: Warehouse, days: int) -> None:
    """Moments of the service's own clock, which is right: in no minute and on no day of it are there too many."""
    chance = random.Random(days)
    ledger = Ledger(warehouse, Rates(per_minute=3, per_day=20))
    moments: list[int] = []
    now, behind = NOON - US_PER_DAY // 2, 0
    while now < NOON + 4 * US_PER_DAY:
        if moments and chance.random() < 0.2:
            behind = chance.choice((0, days)) * US_PER_DAY
        wait = ledger.ready(now - behind)
        if wait is None:
            ledger.call(now - behind)
            moments.append(now)
            now += chance.choice((SECOND, 20 * SECOND, 400 * SECOND))
        else:
            now += min(wait.until - (now - behind), 4 * US_PER_HOUR)
        if chance.random() < 0.1:
            ledger.forget(now - behind)
    assert all(later - earlier >= US_PER_MINUTE for earlier, later in zip(moments, moments[3:], strict=False))
    by_day = Counter(at // US_PER_DAY for at in moments)
    assert max(by_day.values()) == 19, "95 % of 20"
    assert sum(by_day.values()) > 50, "and it is called again"
