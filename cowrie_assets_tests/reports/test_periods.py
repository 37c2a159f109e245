"""Labels, borders and neighbours of days, ISO weeks and months."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cowrie_assets.clock import to_us
from cowrie_assets.reports.periods import REPORT_TYPES, Period, PeriodError, parse_period, period_of, periods_between

DAYS = st.dates(date(1, 1, 8), date(9999, 11, 30))
KINDS = st.sampled_from(REPORT_TYPES)


@pytest.mark.parametrize(
    ("report_type", "label", "start", "end"),
    [
        ("daily", "2026-08-31", date(2026, 8, 31), date(2026, 9, 1)),
        ("daily", "2024-02-29", date(2024, 2, 29), date(2024, 3, 1)),
        ("weekly", "2026-W36", date(2026, 8, 31), date(2026, 9, 7)),
        ("weekly", "2026-W53", date(2026, 12, 28), date(2027, 1, 4)),
        ("weekly", "2025-W01", date(2024, 12, 30), date(2025, 1, 6)),
        ("monthly", "2026-08", date(2026, 8, 1), date(2026, 9, 1)),
        ("monthly", "2026-12", date(2026, 12, 1), date(2027, 1, 1)),
    ],
)
def test_a_label_names_its_days(report_type, label, start, end):
    assert parse_period(report_type, label) == Period(report_type, label, start, end)


@pytest.mark.parametrize(
    ("report_type", "label"),
    [
        ("daily", "2026-02-30"),
        ("daily", "2025-02-29"),
        ("daily", "20260831"),
        ("daily", "2026-8-31"),
        ("daily", " 2026-08-31"),
        ("daily", "2026-08-31\n"),
        ("daily", "２０２６-08-31"),
        ("daily", "2026-08"),
        ("daily", "0000-01-01"),
        ("daily", "9999-12-31"),
        ("weekly", "2025-W53"),
        ("weekly", "2026-W00"),
        ("weekly", "2026-W54"),
        ("weekly", "2026-w36"),
        ("weekly", "2026-36"),
        ("weekly", "2026-W٣٦"),
        ("monthly", "2026-13"),
        ("monthly", "2026-00"),
        ("monthly", "2026-W08"),
        ("monthly", ""),
    ],
)
def test_a_label_that_names_no_period_is_an_error(report_type, label):
    with pytest.raises(PeriodError):
        parse_period(report_type, label)


def test_the_error_says_how_a_label_is_written():
    with pytest.raises(PeriodError, match="an ISO week is written 2026-W36"):
        parse_period("weekly", "36/2026")


@given(KINDS, DAYS)
def test_a_day_lies_in_its_period_and_in_no_neighbour(report_type, day):
    period = period_of(report_type, day)
    assert period.start <= day < period.end
    assert parse_period(report_type, period.label) == period
    assert period.next().start == period.end
    assert period.previous().end == period.start
    assert period.next().previous() == period == period.previous().next()


@given(KINDS, DAYS, st.integers(0, 40))
def test_a_range_has_every_period_once(report_type, day, count):
    periods = [period_of(report_type, min(day, date(9990, 1, 1)))]
    for _ in range(count):
        periods.append(periods[-1].next())
    assert periods_between(periods[0], periods[-1]) == periods


def test_a_range_runs_forward_and_is_of_one_kind():
    august, september = parse_period("monthly", "2026-08"), parse_period("monthly", "2026-09")
    with pytest.raises(PeriodError, match="backwards"):
        periods_between(september, august)
    with pytest.raises(PeriodError, match="one kind"):
        periods_between(august, parse_period("daily", "2026-09-01"))


def test_the_calendar_has_two_ends():
    with pytest.raises(PeriodError):
        parse_period("daily", "0001-01-01").previous()
    with pytest.raises(PeriodError):
        parse_period("daily", "9999-12-30").next()


def test_a_period_is_over_at_the_midnight_that_ends_it():
    week = parse_period("weekly", "2026-W36")
    midnight = to_us(datetime(2026, 9, 7, tzinfo=UTC))
    assert week.end_us == midnight
    assert week.start_us == to_us(datetime(2026, 8, 31, tzinfo=UTC))
    assert week.is_over(midnight)
    assert not week.is_over(midnight - 1)
