"""What nobody reads is told after a quarter of an hour; a log that is being written and read is not."""

import os

from cowrie_assets_tests.health.honeypot import HOUR, MINUTE, NOON, Honeypot, result

LOOK = "nothing_lies_unread"


def _later(honeypot: Honeypot, minutes: int) -> str:
    """The state after so many minutes with a look in each."""
    for _ in range(minutes):
        honeypot.now += MINUTE
        state = honeypot.result(LOOK, once=False).state
    return state


def test_a_live_log_that_grows_and_is_read_is_no_problem(honeypot: Honeypot) -> None:
    for _ in range(12):
        honeypot.write([honeypot.now])
        honeypot.ingest()
        honeypot.write([honeypot.now + 1])
        assert _later(honeypot, 5) == "ok"


def test_a_log_that_grows_and_is_not_read_is_told_after_a_quarter_of_an_hour(honeypot: Honeypot) -> None:
    log = honeypot.write([NOON])
    honeypot.ingest()
    read = log.stat().st_size
    for minute in range(17):
        honeypot.now = NOON + minute * MINUTE
        honeypot.write([honeypot.now + 1])
        found = honeypot.result(LOOK, once=False)
        assert (found.state == "error") == (minute > 15), minute
    (row,) = found.examples
    assert row == {
        "sensor": "hp-1",
        "log": str(log),
        "unread_bytes": log.stat().st_size - read,
        "unread_for": row["unread_for"],
        "ever_read": "yes",
    }
    assert found.mend and "cowrie-assets ingest" in found.mend
    honeypot.ingest()
    assert honeypot.result(LOOK, once=False).state == "ok"


def test_after_a_night_without_looks_everything_has_a_quarter_of_an_hour_again(honeypot: Honeypot) -> None:
    honeypot.write([NOON])
    honeypot.ingest()
    honeypot.write([NOON + 1])
    assert _later(honeypot, 1) == "ok"
    honeypot.now += 9 * HOUR
    assert _later(honeypot, 15) == "ok"
    assert _later(honeypot, 2) == "error"


def test_a_command_goes_by_when_the_file_was_last_touched(honeypot: Honeypot) -> None:
    honeypot.write([NOON])
    honeypot.ingest()
    log = honeypot.write([NOON], name="cowrie.json.2026-08-31")
    touched = log.stat().st_ctime_ns // 1000
    honeypot.now = touched + 14 * MINUTE
    assert honeypot.result(LOOK).state == "ok"
    honeypot.now = touched + 16 * MINUTE
    found = honeypot.result(LOOK)
    assert found.state == "error"
    assert [(row["log"], row["ever_read"]) for row in found.examples] == [(str(log), "no")]


def test_an_empty_log_holds_nothing_to_read(honeypot: Honeypot) -> None:
    honeypot.write([NOON])
    honeypot.ingest()
    empty = honeypot.logs / "hp-1" / "cowrie.json.2026-08-31"
    empty.touch()
    honeypot.now = empty.stat().st_ctime_ns // 1000 + HOUR
    assert honeypot.result(LOOK).state == "ok"


def test_each_sensor_has_its_row_with_what_is_unread_and_how_old_its_live_log_is(honeypot: Honeypot) -> None:
    honeypot.write([NOON])
    honeypot.ingest()
    honeypot.now = NOON + HOUR
    silent = honeypot.write([], "hp-2")
    os.utime(silent, ns=(NOON * 1000, NOON * 1000))
    renamed = honeypot.logs / "hp-3" / "cowrie.json"
    renamed.parent.mkdir()
    renamed.write_text((honeypot.logs / "hp-1" / "cowrie.json").read_text().replace("hp-1", "written-name"))
    honeypot.ingest()
    grown = honeypot.write([NOON + 1])
    rows = {row.sensor: row for row in honeypot.look(once=True).sensors or ()}
    assert set(rows) == {"hp-1", "hp-2", "hp-3", "written-name"}
    assert rows["hp-1"].unread_bytes == grown.stat().st_size // 2
    assert rows["hp-1"].newest_event_at == NOON
    assert (rows["hp-2"].state, rows["hp-2"].live_log_at) == ("no event", NOON)
    assert rows["hp-3"].names_in_events == "written-name"
    assert result(honeypot.look(once=True), LOOK).state == "ok"
