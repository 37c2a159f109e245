"""Times as Cowrie writes them, in every form of ten years, to the microsecond."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cowrie_assets.clock import to_us
from cowrie_assets.cowrie.timestamps import _FORM, BadTimestampError, parse_timestamp

NOON_US = to_us(datetime(2026, 8, 29, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("written", "us", "has_zone"),
    [
        ("2026-08-29T12:00:00.123456Z", 123_456, True),
        ("2026-08-29T12:00:00Z", 0, True),
        ("2026-08-29T12:00:00.1Z", 100_000, True),
        ("2026-08-29T12:00:00.123Z", 123_000, True),
        ("2026-08-29T12:00:00.123456999Z", 123_456, True),
        ("2026-08-29T14:00:00.123456+0200", 123_456, True),
        ("2026-08-29T14:00:00.123456+02:00", 123_456, True),
        ("2026-08-29T08:00:00-0400", 0, True),
        ("2026-08-29T17:45:00.000001+05:45", 1, True),
        ("2026-08-29T12:00:00.123456", 123_456, False),
        ("2026-08-29 12:00:00", 0, False),
        ("2026-08-29T12:00", 0, False),
    ],
)
def test_a_time_in_every_form_that_cowrie_has_written(written: str, us: int, has_zone: bool) -> None:
    assert parse_timestamp(written) == (NOON_US + us, has_zone)


@pytest.mark.parametrize(
    "value",
    [
        *(None, 1756468800, 1756468800.5, True, [], {}, ["2026-08-29T12:00:00Z"]),
        *("", "now", "2026-08-29", "2026-08-29T", "12:00:00", "2026-13-29T12:00:00Z", "2026-02-30T12:00:00Z"),
        *("2026-08-29T25:00:00Z", "2026-08-29T12:60:00Z", "2026-08-29T12:00:61Z", "2026-08-29T12:00:00.12345٦Z"),
        *("2026-08-29T12:00:00+24:00", "2026-08-29T12:00:00.123456-", "2026-08-29T12:00:00.123456Zulu"),
        *("2026-08-29T12:Z\x0000:00", "2026-08-29x12:00:00", "2026-W35-6T12:00:00", "2026-08-29T12:00:00.123456xZ"),
        *("20260829T120000Z", " 2026-08-29T12:00:00Z", "2026-08-29T12:00:00Z\n", "2026-08-29T12:00:00\x00"),
        "9" * 100_000,
    ],
)
def test_what_is_no_time_is_refused(value: object) -> None:
    with pytest.raises(BadTimestampError):
        parse_timestamp(value)


@given(
    st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)),
    st.integers(-23 * 60, 23 * 60),
    st.sampled_from(["Z", "+00:00", "%+HHMM", "%+HH:MM", ""]),
    st.sampled_from(["auto", "seconds", "milliseconds", "microseconds"]),
)
@example(datetime(1969, 12, 31, 23, 59, 59, 999_999), 0, "Z", "microseconds")
@example(datetime(1, 1, 3), -1, "%+HHMM", "microseconds")
def test_every_time_is_what_the_calendar_says(moment: datetime, offset: int, zone: str, precision: str) -> None:
    written = moment.isoformat(timespec=precision)
    truth = datetime.fromisoformat(written).replace(tzinfo=UTC)
    if zone.startswith("%"):
        hours, minutes = divmod(abs(offset), 60)
        zone = (
            zone.replace("%+", "-" if offset < 0 else "+").replace("HH", f"{hours:02}").replace("MM", f"{minutes:02}")
        )
        truth -= timedelta(minutes=offset)
    assert parse_timestamp(written + zone) == (to_us(truth), zone != "")


@given(st.from_regex(r"\A[0-9]{4}-[01][0-9]-[0-3][0-9].[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{0,8}[-+Z0-9:.]{0,7}\Z"))
def test_the_quick_way_agrees_with_the_plain_one(written: str) -> None:
    try:
        parsed = datetime.fromisoformat(written if _FORM.fullmatch(written) else "")
    except ValueError:
        with pytest.raises(BadTimestampError):
            parse_timestamp(written)
        return
    assert parse_timestamp(written) == (to_us(parsed.replace(tzinfo=parsed.tzinfo or UTC)), parsed.tzinfo is not None)
