"""When an event was written.

"ISO 8601 with `Z`, `+HH:MM`, `+HHMM`, or none (UTC is assumed and counted); fraction cut to microseconds" (DATA.md).
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from operator import add
from typing import cast

from cowrie_assets.clock import US_PER_SECOND

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FORM = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d{1,18})?)?(Z|[+-]\d\d(:?\d\d)?)?", re.ASCII)
"""Python's own parser takes more than that, by accident: `12:Z` for an hour, and a NUL for almost anything."""
_MINUTE = len("2026-08-29T22:00:")
_SECOND = len("2026-08-29T22:00:26")
_ZONE = len("2026-08-29T22:00:26.123456")
_USUAL = len("2026-08-29T22:00:26.123456Z")
_DIGITS = 6
_US_PER_MINUTE = 60 * US_PER_SECOND

USABLE_US = range(
    (datetime(2, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND,
    (datetime(9999, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND,
)
"""The times that an event can have: years 2 to 9998, so that each day, week and month has one before and one behind."""


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


def parse_usual_timestamps(values: Sequence[object]) -> list[int] | None:
    """Microseconds since 1970-01-01 UTC of timestamps that all have the form `2026-08-29T22:00:26.123456Z`; None where
    one of them has another. Raises BadTimestampError."""
    if set(map(type, values)) != {str} or set(map(len, cast("Sequence[str]", values))) != {_USUAL}:
        return None
    texts = cast("Sequence[str]", values)
    joined = "".join(texts)
    if joined[_SECOND::_USUAL] != "." * len(texts) or joined[_ZONE::_USUAL] != "Z" * len(texts):
        return None
    within_minute = [text[_MINUTE:_SECOND] + text[_SECOND + 1 : _ZONE] for text in texts]
    digits = "".join(within_minute)
    if not (digits.isascii() and digits.isdigit()):
        return None
    microseconds = list(map(int, within_minute))
    if max(microseconds) >= _US_PER_MINUTE:
        return None
    minutes = [text[:_MINUTE] for text in texts]
    begins = {minute: _parse(f"{minute}00Z")[0] for minute in set(minutes)}
    return list(map(add, map(begins.__getitem__, minutes), microseconds))


@lru_cache(maxsize=4096)
def _parse(value: str) -> tuple[int, bool]:
    """Remembers what it parsed: the events of a log share their seconds."""
    if not _FORM.fullmatch(value):
        raise BadTimestampError
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            return (moment.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND, False
        return (moment - _EPOCH) // _MICROSECOND, True
    except (ValueError, OverflowError) as error:
        raise BadTimestampError from error
