"""When an event was written.

"ISO 8601 with `Z`, `+HH:MM`, `+HHMM`, or none (UTC is assumed and counted); fraction cut to microseconds" (DATA.md).
"""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SHORTEST = len("2026-08-29T22:00")


class BadTimestampError(ValueError):
    """The event has no usable time."""


def parse_timestamp(value: object) -> tuple[int, bool]:
    """Microseconds since 1970-01-01 UTC, and whether the value named its zone. Raises BadTimestampError."""
    if type(value) is not str or len(value) < _SHORTEST:
        raise BadTimestampError
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            return (moment.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND, False
        return (moment - _EPOCH) // _MICROSECOND, True
    except (ValueError, OverflowError) as error:
        raise BadTimestampError from error
