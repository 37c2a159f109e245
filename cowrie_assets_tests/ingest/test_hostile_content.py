"""What attackers and old Cowries write comes through a load as it was written, and breaks nothing."""

import random
from pathlib import Path

import pytest

from cowrie_assets.sensor_registry import SensorRegistry
from cowrie_assets.sensors_file import read_sensors_file
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.loading import is_proven, lines_of, load_folder, load_lines, payloads, write_log

LINES = [events.line(number) for number in range(40)]


def test_whatever_is_typed_comes_back_from_every_view(warehouse: Warehouse, tmp_path: Path) -> None:
    """Each text as session, user, password, command, destination, address and protocol of a session of its own."""
    texts = {text or "0123abcd": text for text in events.HOSTILE.values()}
    lines = [
        line
        for session, text in texts.items()
        for line in (
            events.line(2, session=session, username=text, password=text),
            events.line(3, session=session, input=text),
            events.line(7, session=session, filename="x", destfile=text, src_ip=text or None, protocol=text),
        )
    ]
    assert lines_of(load_lines(warehouse, tmp_path, *lines)) == (len(lines), len(lines), 0, 0, 0)
    refresh(warehouse)
    assert payloads(warehouse) == sorted(lines)
    assert set(tables.login_rows(warehouse)) == {("hp-test", session, text, text) for session, text in texts.items()}
    assert set(tables.command_rows(warehouse)) == {("hp-test", session, text) for session, text in texts.items()}
    sessions = {row["session_id"]: row for row in tables.rows(warehouse, "session_summaries")}
    files = {row["session_id"]: row["destfile"] for row in tables.rows(warehouse, "files")}
    for session, text in texts.items():
        row = sessions[session]
        assert (row["username"], row["password"]) == (text, text)
        assert (row["src_ip"], row["protocol"], files[session]) == (text or None,) * 3
    is_proven(warehouse)


def test_a_raw_nul_and_raw_controls_within_strings_survive(warehouse: Warehouse, tmp_path: Path) -> None:
    line = events.line(3, input="MARK").replace(b"MARK", b"a\x00b\x01\x7f\xc2\x85\xe2\x80\xa8c")
    assert load_lines(warehouse, tmp_path, line).events == 1
    refresh(warehouse)
    assert payloads(warehouse) == [line]
    assert [row["command"] for row in tables.rows(warehouse, "command_stats")] == ["a\x00b\x01\x7f\x85\u2028c"]
    is_proven(warehouse)


def test_names_of_any_length_break_no_index(warehouse: Warehouse, tmp_path: Path) -> None:
    """Of letters in no order: what repeats itself is compressed before it is found too long."""
    chance = random.Random(3)
    long = "".join(chance.choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", k=60_000))
    line = events.line(3, input=long, session=long, sensor=long, eventid=long)
    assert load_lines(warehouse, tmp_path, line, events.line(3, input=long, session=long)).events == 2
    assert load_lines(warehouse, tmp_path, line).duplicates == 1
    refresh(warehouse)
    assert {row["sensor"] for row in tables.rows(warehouse, "raw_events")} == {long, "hp-test"}
    assert {row["event_type"] for row in tables.rows(warehouse, "raw_events")} == {long, "cowrie.command.input"}
    is_proven(warehouse)


@pytest.mark.sqlite_first
def test_numbers_beyond_any_column_stay_in_the_evidence(warehouse: Warehouse, tmp_path: Path) -> None:
    lines = [
        events.line(0, src_port=10**30, dst_port=-1, counter=2**63),
        events.line(10, duration_ms=10**30),
        events.line(7, size=2**63),
        events.line(3, input=10**40),
    ]
    assert load_lines(warehouse, tmp_path, *lines).events == 4
    refresh(warehouse)
    assert payloads(warehouse) == sorted(lines)
    is_proven(warehouse)


@pytest.mark.parametrize("year", ["0002-01-01", "1969-12-31", "2105-12-31", "9998-12-31"])
def test_an_event_of_any_year_is_stored_to_the_microsecond(warehouse: Warehouse, tmp_path: Path, year: str) -> None:
    timestamp = f"{year}T23:59:59.999999Z"
    assert load_lines(warehouse, tmp_path, events.line(0, timestamp=timestamp)).events == 1
    refresh(warehouse)
    (event,), (session,) = tables.rows(warehouse, "raw_events"), tables.rows(warehouse, "session_summaries")
    assert (event["event_timestamp"], event["event_date"]) == (timestamp, year)
    assert (session["first_event_at"], session["last_event_at"]) == (timestamp, timestamp)
    is_proven(warehouse)


# ----------------------------------------------------------------------------------------------- who wrote it, and when


@pytest.fixture
def sensors(tmp_path: Path) -> SensorRegistry:
    (tmp_path / "sensors.toml").write_text(
        '[[sensor]]\nname = "hp-1"\naliases = ["0badc0ffee", "hp-test"]\nclock_offset = "+02:00"\n'
        '[[sensor]]\nname = "hp-2"\nlogpath = "elsewhere"\n'
    )
    return read_sensors_file(tmp_path / "sensors.toml")


def test_aliases_and_clock_offsets_are_applied_once(
    warehouse: Warehouse, tmp_path: Path, sensors: SensorRegistry
) -> None:
    root = tmp_path / "logs"
    midnight = {"timestamp": "2026-08-29T01:30:00.5Z", "session": "aaaaaaaa"}
    write_log(root, [events.line(0, **midnight), events.line(3, **midnight | {"sensor": "0badc0ffee"})])
    write_log(root, [events.line(0, **midnight | {"sensor": ""})], sensor="0badc0ffee")
    write_log(tmp_path, [events.line(0, **midnight | {"sensor": None})], sensor="elsewhere")
    load_folder(warehouse, root, registry=sensors)
    refresh(warehouse)
    found = {(row["sensor"], row["event_timestamp"], row["event_date"]) for row in tables.rows(warehouse, "raw_events")}
    assert found == {
        ("hp-1", "2026-08-28T23:30:00.500000Z", "2026-08-28"),
        ("hp-2", "2026-08-29T01:30:00.500000Z", "2026-08-29"),
    }
    sessions = tables.rows(warehouse, "session_summaries")
    assert {(row["sensor"], row["event_count"]) for row in sessions} == {("hp-1", 3), ("hp-2", 1)}
    load_folder(warehouse, root, "bulk", registry=sensors)
    assert len(tables.rows(warehouse, "raw_events")) == 4
    is_proven(warehouse, sensors)


def test_an_event_stays_one_where_an_offset_is_configured_later(
    warehouse: Warehouse, tmp_path: Path, sensors: SensorRegistry
) -> None:
    load_lines(warehouse, tmp_path / "logs", events.line(0, sensor="hp-1"))
    again = load_lines(warehouse, tmp_path / "logs", LINES[1], events.line(0, sensor="hp-1"), registry=sensors)
    assert (again.events, again.duplicates) == (1, 1)


def test_the_ids_of_2015_count_as_those_of_today(warehouse: Warehouse, tmp_path: Path) -> None:
    load_lines(
        *(warehouse, tmp_path),
        events.line(0, eventid="KIPP0001"),
        events.line(1, eventid="KIPP0003", session="000000000000"),
        events.line(2, eventid="COW0002", session="000000000000"),
        events.line(6, eventid="COW0007", session="000000000000"),
        events.line(10, eventid="COW0011", session="000000000000"),
    )
    refresh(warehouse)
    (row,) = tables.rows(warehouse, "session_summaries")
    assert (row["event_count"], row["login_failures"], row["login_successes"]) == (5, 1, 1)
    assert (row["file_downloads"], row["closed"], row["duration_seconds"]) == (1, 1, 1.5)
    is_proven(warehouse)
