"""A sensor that falls silent is told within its own usual interval; one that is always quiet is not."""

import random

import pytest

from cowrie_assets.health.silence import allowed_hours
from cowrie_assets_tests.health.honeypot import DAY, HOUR, MINUTE, NOON, Honeypot, hourly, result

LOOK = "each_sensor_writes"


def test_a_sensor_that_writes_each_hour_may_be_silent_for_three() -> None:
    assert allowed_hours(range(1000, 1000 + 8 * 24)) == 3


def test_one_outage_in_four_weeks_does_not_stretch_the_rule_and_nights_do() -> None:
    hours = [day * 24 + hour for day in range(28) for hour in range(6, 24)]
    assert allowed_hours(hours) == 3 * 7
    with_outage = [hour for hour in range(28 * 24) if not 200 <= hour < 300]
    assert allowed_hours(with_outage) == 3


@pytest.mark.parametrize("hours", [range(6 * 24), range(0, 14 * 48, 48), [5]])
def test_a_sensor_with_little_history_is_not_judged(hours: range) -> None:
    assert allowed_hours(list(hours)) is None


def test_what_lies_more_than_four_weeks_back_does_not_count() -> None:
    assert allowed_hours([*range(0, 1000, 50), *range(3000, 3000 + 28 * 24)]) == 3


def _false_alarms(sessions_a_day: float, seed: int, *, nights: bool) -> int:
    """How often a year of a healthy sensor's sessions, at random times, would be told as silence."""
    rng = random.Random(seed)
    hours: list[int] = []
    alarms = at = 0
    while at < 365 * 24 * 60:
        at += round(rng.expovariate(sessions_a_day / (24 * 60)))
        hour = at // 60
        if nights and hour % 24 < 8:
            continue
        if hours:
            allowed = allowed_hours(hours[-700:])
            alarms += allowed is not None and hour - hours[-1] > allowed
        if not hours or hours[-1] != hour:
            hours.append(hour)
    return alarms


def test_a_raspberry_pi_with_three_sessions_a_day_is_not_alarmed_each_night() -> None:
    for sessions, nights in ((3, False), (3, True), (1, False), (10, True)):
        years = [_false_alarms(sessions, seed, nights=nights) for seed in range(5)]
        assert sum(years) <= 2, (sessions, nights, years)


def test_silence_is_told_once_it_is_longer_than_usual_and_is_over_with_the_next_event(honeypot: Honeypot) -> None:
    honeypot.write(hourly(NOON))
    honeypot.ingest()
    honeypot.now = NOON + 3 * HOUR
    assert honeypot.result(LOOK).state == "ok"
    honeypot.now = NOON + 3 * HOUR + MINUTE
    silent = honeypot.result(LOOK)
    assert silent.state == "error"
    assert silent.summary == (
        "hp-1 has written no event since 2026-09-01T12:00Z, 3 h 1 min ago; usually it does within 3 h"
    )
    (row,) = silent.examples
    assert (row["sensor"], row["newest_event"], row["silent_for"]) == (
        "hp-1",
        "2026-09-01T12:00:00.000000Z",
        "3 h 1 min",
    )
    assert silent.mend
    honeypot.write([honeypot.now])
    honeypot.ingest()
    assert honeypot.result(LOOK).state == "ok"


def test_a_sensor_whose_logs_are_not_read_is_not_called_silent(honeypot: Honeypot) -> None:
    honeypot.write(hourly(NOON))
    honeypot.ingest()
    honeypot.now = NOON + DAY
    honeypot.write([honeypot.now])
    assert honeypot.result(LOOK).state == "ok"


def test_a_retired_sensor_is_told_no_more(honeypot: Honeypot) -> None:
    honeypot.write(hourly(NOON))
    honeypot.ingest()
    honeypot.now = NOON + 27 * DAY
    assert honeypot.result(LOOK).state == "error"
    honeypot.now = NOON + 28 * DAY
    found = honeypot.result(LOOK)
    assert (found.state, found.summary) == (
        "ok",
        "1 sensor is retired (silent for four weeks): last event 2026-09-01T12:00Z",
    )
    (row,) = honeypot.look(once=True).sensors or ()
    assert row.state == "retired"


def test_without_any_sensor_nothing_is_said_to_write(honeypot: Honeypot) -> None:
    assert honeypot.result(LOOK).summary == "no sensor has written an event yet"


def test_a_container_that_was_made_anew_is_not_silent_under_its_old_name(honeypot: Honeypot) -> None:
    honeypot.write(hourly(NOON), "cowrie")
    path = honeypot.logs / "cowrie" / "cowrie.json"
    path.write_text(path.read_text().replace('"sensor": "cowrie"', '"sensor": "3f2a"'))
    honeypot.ingest()
    honeypot.now = NOON + 10 * DAY
    again = honeypot.write(hourly(honeypot.now, days=9), "cowrie", "cowrie.json.1")
    again.write_text(again.read_text().replace('"sensor": "cowrie"', '"sensor": "9b1c"'))
    honeypot.ingest()
    assert honeypot.result(LOOK).state == "ok"
    assert [row.sensor for row in honeypot.look(once=True).sensors or ()] == ["9b1c", "cowrie"]


def test_an_event_from_the_future_hides_no_silence(honeypot: Honeypot) -> None:
    honeypot.write([*hourly(NOON), NOON + 3000 * DAY])
    honeypot.ingest()
    honeypot.now = NOON + 5 * HOUR
    health = honeypot.look(once=True)
    assert result(health, LOOK).state == "error"
    clock = result(health, "clocks_are_right")
    assert clock.state == "warning"
    assert "hp-1 has an event in the future (2034-11-18T12:00:00.000000Z)" in clock.summary


def test_each_engine_tells_the_same(database_url: str, tmp_path: object) -> None:
    honeypot = Honeypot(tmp_path, database_url)  # type: ignore[arg-type]
    honeypot.write(hourly(NOON))
    honeypot.write([*hourly(NOON), NOON + 6 * HOUR], "hp-2")
    honeypot.ingest()
    honeypot.now = NOON + 6 * HOUR
    health = honeypot.look(once=True)
    found = result(health, LOOK)
    assert (found.state, [row["sensor"] for row in found.examples]) == ("error", ["hp-1"])
    assert [(row.sensor, row.state) for row in health.sensors or ()] == [("hp-1", "silent"), ("hp-2", "writes")]
