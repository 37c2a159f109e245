"""The one clock, and the two units of time that the warehouse stores.

A time is microseconds since 1970-01-01 UTC, a day is days since then; both are exact integers on every engine.
"""

import time
from datetime import UTC, date, datetime, timedelta

US_PER_SECOND = 1_000_000
US_PER_HOUR = 3_600 * US_PER_SECOND
US_PER_DAY = 86_400 * US_PER_SECOND
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1)


def now_us() -> int:
    """The present, in microseconds since 1970-01-01 UTC."""
    return time.time_ns() // 1000


def today() -> date:
    """The UTC day that runs."""
    return from_us(now_us()).date()


def to_us(moment: datetime) -> int:
    """Microseconds since the epoch of an aware `moment`, exact."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def from_us(us: int) -> datetime:
    """The aware UTC datetime of `us`. Raises OverflowError outside the years 1 to 9999."""
    return _EPOCH + timedelta(microseconds=us)


def iso_us(us: int) -> str:
    """`us` as `2026-08-29T22:00:26.123456Z`, always with six digits."""
    return from_us(us).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH_DAY).days


def day_of_number(number: int) -> date:
    """The day that `day_number` gives `number` for."""
    return _EPOCH_DAY + timedelta(days=number)
