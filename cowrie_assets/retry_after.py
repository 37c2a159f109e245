"""`Retry-After`: how long a server that is busy asks to be left alone."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def retry_after_seconds(header: str | None, *, longest: float) -> float | None:
    """Seconds from now that the header asks for, from 0 to `longest`; None where it is absent or says nothing.

    A number of seconds or a date (RFC 9110, 10.2.3). A date without a zone is in UTC, whatever this machine's zone.
    """
    if header is None:
        return None
    written = header.strip()
    try:
        if written.isascii() and written.isdecimal():
            return min(float(written), longest)
        moment = parsedate_to_datetime(written)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return min(max((aware - datetime.now(UTC)).total_seconds(), 0.0), longest)
    except (ValueError, OverflowError):
        return None
