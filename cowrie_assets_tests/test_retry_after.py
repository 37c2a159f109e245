"""`Retry-After` means the same to whoever asks, in whatever zone the machine is."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, formatdate

import pytest

from cowrie_assets.retry_after import retry_after_seconds

LONGEST = 3600.0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("²", None),
        ("0", 0),
        (" 7 ", 7),
        ("9" * 400, LONGEST),
    ],
)
def test_numbers_and_what_is_none(header, seconds):
    assert retry_after_seconds(header, longest=LONGEST) == seconds


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles", "UTC"])
def test_a_date_without_a_zone_is_in_utc(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        later = datetime.now(UTC) + timedelta(seconds=300)
        naive = later.strftime("%a, %d %b %Y %H:%M:%S")
        written = (naive, f"{naive} -0000", formatdate(later.timestamp(), usegmt=True), format_datetime(later))
        assert all(200 < (retry_after_seconds(date, longest=LONGEST) or 0) <= 300 for date in written)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_date_that_is_over_or_far() -> None:
    assert retry_after_seconds("Wed, 21 Oct 2015 07:28:00 GMT", longest=LONGEST) == 0
    assert retry_after_seconds("Wed, 21 Oct 9998 07:28:00", longest=LONGEST) == LONGEST
    assert retry_after_seconds("Wed, 99 Oct 2015 07:28:00 GMT", longest=LONGEST) is None
