"""When an event was written.

"ISO 8601 with `Z`, `+HH:MM`, `+HHMM`, or none (UTC is assumed and counted); fraction cut to microseconds" (DATA.md).
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SHORTEST = len("2026-08-29T22:00")
_SECOND = len("2026-08-29T22:00:26")
_ZONE = len("2026-08-29T22:00:26.123456")
_DIGITS = 6


class BadTimestampError(ValueError):
    """The event has no usable time."""


def parse_timestamp(value: object) -> tuple[int, bool]:
    """Microseconds since 1970-01-01 UTC, and whether the value named its zone. Raises BadTimestampError."""
    if type(value) is not str:
        raise BadTimestampError
    fraction = value[_SECOND + 1 : _ZONE]
    if (
        value[_SECOND : _SECOND + 1] == "."
        and len(fraction) == _DIGITS
        and fraction.isdigit()
        and fraction.isascii()
        and value[_ZONE : _ZONE + 1] in ("Z", "+", "-", "")
    ):
        second, has_zone = _parse(value[:_SECOND] + value[_ZONE:])
        return second + int(fraction), has_zone
    return _parse(value)


@lru_cache(maxsize=4096)
def _parse(value: str) -> tuple[int, bool]:
    """Remembers what it parsed: the events of a log share their seconds."""
    if len(value) < _SHORTEST:
        raise BadTimestampError
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            return (moment.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND, False
        return (moment - _EPOCH) // _MICROSECOND, True
    except (ValueError, OverflowError) as error:
        raise BadTimestampError from error
