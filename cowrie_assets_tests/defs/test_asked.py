"""What was asked for a short while ago: how long it rests, and that the cursor stays small and is read at all."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from cowrie_assets.clock import to_us
from cowrie_assets.defs.sensors.asked import Asked, read_cursor, rests, write_cursor
from cowrie_assets.reports.periods import period_of

NOW = datetime(2026, 9, 9, 12, tzinfo=UTC)
OVER, RUNNING = period_of("daily", date(2026, 9, 1)), period_of("daily", date(2026, 9, 9))
MINUTE = timedelta(minutes=1)


def asked(*minutes_ago: float, period=OVER) -> list[Asked]:
    return [Asked(NOW - minutes * MINUTE, "daily", period.start, period.start) for minutes in minutes_ago]


@pytest.mark.parametrize(
    ("before", "written_minutes_ago", "resting"),
    [
        ((), None, False),
        ((1,), None, True),
        ((14,), 20, True),
        ((16,), None, False),
        ((10,), 9, False),
        ((10, 5), 4, True),
        ((16, 5), 4, False),
        ((16, 5), 10, True),
    ],
)
def test_a_period_that_is_over_is_asked_for_again_where_its_report_was_written_and_at_most_twice(
    before, written_minutes_ago, resting
) -> None:
    written = None if written_minutes_ago is None else to_us(NOW - written_minutes_ago * MINUTE)
    assert rests(OVER, asked(*before), written, NOW) == resting
    assert not rests(OVER.next(), asked(*before), written, NOW)


@pytest.mark.parametrize(("minutes", "resting"), [(1, True), (59, True), (61, False)])
def test_a_period_that_runs_rests_for_an_hour_written_or_not(minutes, resting) -> None:
    assert rests(RUNNING, asked(minutes, period=RUNNING), to_us(NOW), NOW) == resting


def test_the_cursor_holds_what_still_counts_and_nothing_else() -> None:
    cursor = write_cursor([], [(OVER, OVER.next()), (RUNNING, RUNNING)], NOW)
    assert read_cursor(cursor, NOW) == [
        Asked(NOW, "daily", OVER.start, OVER.next().start),
        Asked(NOW, "daily", RUNNING.start, RUNNING.start),
    ]
    assert [each.first for each in read_cursor(cursor, NOW + 20 * MINUTE)] == [RUNNING.start]
    assert read_cursor(cursor, NOW + 61 * MINUTE) == []


@pytest.mark.parametrize(
    "cursor", [None, "", "nonsense", "{}", "7", json.dumps([["x"]]), json.dumps([["a", "b", "c", "d"]])]
)
def test_a_cursor_that_cannot_be_read_holds_nothing(cursor) -> None:
    assert read_cursor(cursor, NOW) == []


def test_the_cursor_of_the_last_version_is_when_running_periods_were_asked_for() -> None:
    lately = read_cursor((NOW - 30 * MINUTE).isoformat(), NOW)
    assert rests(RUNNING, lately, None, NOW)
    assert not rests(OVER, lately, None, NOW)
    assert read_cursor((NOW - 61 * MINUTE).isoformat(), NOW) == []
