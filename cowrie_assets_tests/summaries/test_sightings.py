"""The sightings are the values of each day's sessions, however these came in; and what is new follows from them."""

import json
import random
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from cowrie_assets.clock import day_number, day_of_number, to_us
from cowrie_assets.cowrie.address_networks import network_of
from cowrie_assets.cowrie.normalize import normalize_command
from cowrie_assets.cowrie.rule_set import rule_set
from cowrie_assets.operations.rebuild import rebuild
from cowrie_assets.reports.document import build_report
from cowrie_assets.reports.periods import period_of
from cowrie_assets.summaries.checks import run_checks
from cowrie_assets.summaries.pending import days_with_data, pending_days
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.summaries.sightings import refresh_sightings
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import changed_days
from cowrie_assets.warehouse.sighting_kinds import SightingKind
from cowrie_assets_tests import events
from cowrie_assets_tests.examples import examples
from cowrie_assets_tests.loading import load_lines, snapshot
from cowrie_assets_tests.summaries.shown_techniques import shown_by

START = date(2026, 8, 28)
LATER = to_us(datetime(2027, 2, 1, tzinfo=UTC))
MAPPED = "::ffff:192.0.2.200"
Sighting = tuple[date, SightingKind, str, str]
"""Day, kind, value, sensor: `any` among the sensors."""


# ----------------------------------------------------------------------------------------------------------- networks


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.0/24"),
        ("255.255.255.255", "255.255.255.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("2001:DB8:0001::", "2001:db8:1::/48"),
        (MAPPED, "192.0.2.0/24"),
        ("::FFFF:C000:0201", "192.0.2.0/24"),
        ("::1", "::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", None),
        ("192.0.2.1 ", None),
        ("192.0.2.1/24", None),
        ("192.0.2", None),
        ("3221225985", None),
        ("010.0.0.1", None),
        ("\u0661.0.0.1", None),
        ("evil.example", None),
        ("9" * 60_000, None),
        ("\x00\ud800", None),
        ("hash-0123456789ab-0123456789abcdef0123", "hash-0123456789ab"),
        ("hash-0123456789ab", None),
    ],
)
def test_the_network_of_an_address(address: str, network: str | None) -> None:
    assert network_of(address) == network


# -------------------------------------------------------------------------------------------------------------- truth


def random_events(chance: random.Random, count: int) -> list[dict[str, Any]]:
    """Events of few sessions over six days, whose values meet again and again."""
    passwords = ["123456", "root", "", "p\x00\ud800", None]
    commands = ["uname -a", "wget http://192.0.2.9/a", "wget http://198.51.100.7/b", "echo 1", "echo 2", ""]
    addresses = ["192.0.2.1", "192.0.2.2", MAPPED, "198.51.100.1", "2001:db8:1::1", "2001:db8:1::2", "nobody"]
    file = {"shasum": chance.choice("abc") * 64, "url": f"http://203.0.113.{chance.randrange(3)}/x"}
    kinds: list[dict[str, Any]] = [
        *({"eventid": "cowrie.login.failed", "username": "root", "password": password} for password in passwords),
        *({"eventid": "cowrie.command.input", "input": command} for command in commands),
        *({"eventid": "cowrie.session.connect", "src_ip": address, "protocol": "ssh"} for address in addresses),
        *({"eventid": "cowrie.client.kex", "hassh": letter * 32} for letter in "abc"),
        {"eventid": "cowrie.session.file_download", **file},
        {"eventid": "cowrie.session.file_download.failed", "url": "http://203.0.113.9/failed"},
        {"eventid": "cowrie.session.file_upload", "shasum": file["shasum"], "url": "http://203.0.113.9/sent"},
    ]
    return [
        {
            **chance.choice(kinds),
            "session": f"{chance.randrange(12):012x}",
            "sensor": chance.choice(["hp-1", "hp-1", "hp-2"]),
            "timestamp": f"{START + timedelta(days=chance.randrange(6))}T{chance.randrange(24):02}:00:00.{number:06}Z",
            "message": "",
        }
        for number in range(count)
    ]


def counted_again(written: Iterable[dict[str, Any]]) -> set[Sighting]:
    """The sightings of events whose times all differ, without the product's database."""
    sessions = defaultdict(list)
    for event in sorted(written, key=lambda event: event["timestamp"]):
        sessions[event["sensor"], event["session"]].append(event)
    found = set()
    for (sensor, _), group in sessions.items():
        day = date.fromisoformat(group[0]["timestamp"][:10])
        for kind, value in _values(group):
            found |= {(day, kind, value, sensor), (day, kind, value, "any")}
    return found


def _values(group: list[dict[str, Any]]) -> set[tuple[SightingKind, str]]:
    values = {(SightingKind.SESSION, "")}
    files = [event for event in group if "shasum" in event]
    values |= {(SightingKind.PASSWORD, event["password"]) for event in group if event.get("password") is not None}
    values |= {(SightingKind.COMMAND, normalize_command(event["input"])) for event in group if "input" in event}
    values |= {(SightingKind.HASH, event["shasum"]) for event in files}
    for shasum in {event["shasum"] for event in files}:
        of_file = [event for event in files if event["shasum"] == shasum]
        if any(event["eventid"].endswith("download") for event in of_file):
            values.add((SightingKind.URL, of_file[0]["url"]))
    values |= {(SightingKind.HASSH, event["hassh"]) for event in [event for event in group if "hassh" in event][:1]}
    values |= {(SightingKind.NETWORK, _network(event["src_ip"])) for event in [e for e in group if "src_ip" in e][:1]}
    values |= {(SightingKind.TECHNIQUE, technique) for technique, *_ in shown_by(rule_set(), group).values()}
    return values - {(SightingKind.NETWORK, "")}


def _network(address: str) -> str:
    try:
        ip = ip_address(address.removeprefix("::ffff:"))
    except ValueError:
        return ""
    return f"{address.removeprefix('::ffff:').rpartition('.')[0]}.0/24" if ip.version == 4 else "2001:db8:1::/48"


def stored(warehouse: Warehouse) -> set[Sighting]:
    query = text(
        "SELECT s.session_day, s.kind, t.text, n.name FROM sightings AS s"
        " LEFT JOIN texts AS t ON t.id = s.value_id LEFT JOIN sensors AS n ON n.id = s.sensor_id"
    )
    with warehouse.read() as connection:
        return {
            (day_of_number(day), SightingKind(kind), decode_text(value) or "", name or "any")
            for day, kind, value, name in connection.execute(query)
        }


# ------------------------------------------------------------------------------------------------ however they came in


def load_in_pieces(warehouse: Warehouse, folder: Path, chance: random.Random) -> list[dict[str, Any]]:
    """Random events over several loads, some of them twice, with a refresh of some days after each; gives them all."""
    written = random_events(chance, chance.choice([5, 40, 120]))
    lines = [json.dumps(event).encode() for event in [*written, *chance.sample(written, 3)]]
    chance.shuffle(lines)
    while lines:
        piece, lines = lines[: (cut := chance.randint(1, 40))], lines[cut:]
        load_lines(warehouse, folder, *piece)
        pending = pending_days(warehouse)
        refresh(warehouse, days=chance.sample(pending, len(pending) // 2), whole=chance.random() < 0.2)
    refresh(warehouse)
    return written


def is_right(warehouse: Warehouse, written: list[dict[str, Any]]) -> None:
    truth = counted_again(written)
    assert stored(warehouse) == truth
    assert pending_days(warehouse) == []
    assert [result for result in run_checks(warehouse) if not result.passed] == []
    before = snapshot(warehouse)
    again = refresh_sightings(warehouse, map(day_number, days_with_data(warehouse)))
    assert (refresh(warehouse).rows_written, again.gained, again.lost) == (0, 0, 0)
    assert snapshot(warehouse)["changed_days"] == before["changed_days"], "what is right marks nothing"
    news_are_right(warehouse, truth)


LISTS = {
    SightingKind.HASH: "hashes",
    SightingKind.URL: "urls",
    SightingKind.COMMAND: "commands",
    SightingKind.PASSWORD: "passwords",
    SightingKind.HASSH: "hassh",
    SightingKind.NETWORK: "networks",
}


def news_are_right(warehouse: Warehouse, truth: set[Sighting]) -> None:
    """`new` = seen in the period by this scope and on no day before its start (within the look-back)."""
    first, last = min(day for day, *_ in truth), max(day for day, *_ in truth)
    with warehouse.read() as connection:
        for period in (period_of("daily", first), period_of("daily", last), period_of("weekly", last)):
            for sensor in sorted({sensor for *_, sensor in truth}):
                for days in (None, 2):
                    name = None if sensor == "any" else sensor
                    document = build_report(connection, period, name, top=99, look_back_days=days, now_us=LATER)
                    known_from = date.min if days is None else period.start - timedelta(days=days)
                    of_scope = [sighting for sighting in truth if sighting[3] == sensor]
                    known = {(kind, value) for day, kind, value, _ in of_scope if known_from <= day < period.start}
                    seen = {(kind, value) for day, kind, value, _ in of_scope if period.start <= day < period.end}
                    for kind, key in LISTS.items():
                        new = {value for each, value in seen - known if each == kind}
                        assert {item["value"] for item in document["new"][key]["items"]} == new
                        assert document["new"][key]["total"] == len(new)


@examples(3)
@given(seed=st.integers(0, 2**32))
def test_any_order_and_split_of_the_events_ends_with_the_same_sightings(seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder, Warehouse.open(f"sqlite:///{folder}/warehouse.db") as warehouse:
        is_right(warehouse, load_in_pieces(warehouse, Path(folder), random.Random(seed)))


def test_the_sightings_are_the_same_on_each_engine(warehouse: Warehouse, tmp_path: Path) -> None:
    written = load_in_pieces(warehouse, tmp_path, random.Random(3))
    is_right(warehouse, written)
    rebuilt = rebuild(warehouse).refresh
    assert (rebuilt.rows_removed, rebuilt.rows_written) == (0, 0)


@pytest.mark.sqlite_first
def test_rules_that_changed_change_the_sightings_of_commands(warehouse: Warehouse, tmp_path: Path) -> None:
    written = random_events(random.Random(1), 40)
    load_lines(warehouse, tmp_path, *(json.dumps(event).encode() for event in written))
    refresh(warehouse)
    with warehouse.write() as connection:
        connection.execute(text("UPDATE commands SET ruleset = 0, normalized_id = command_id"))
    refresh_sightings(warehouse, map(day_number, days_with_data(warehouse)))
    assert stored(warehouse) != counted_again(written)
    refresh(warehouse)
    is_right(warehouse, written)


# ---------------------------------------------------------------------------------------------- whose news are others


def day(number: int) -> date:
    return START + timedelta(days=number)


def tried(password: str, number: int, sensor: str = "hp-1", **changes: Any) -> bytes:
    """A session of a day that tries a password."""
    session = f"{password} {number} {sensor}"
    fields = {"timestamp": f"{day(number)}T12:00:00Z", "session": session, "password": password, "sensor": sensor}
    return events.line(1, **(fields | changes))


def marked_by(warehouse: Warehouse, folder: Path, *lines: bytes) -> list[int]:
    """The days (of `day`) that a load of `lines` and a refresh mark as changed."""

    def versions() -> dict[int, int]:
        with warehouse.read() as connection:
            return {row.session_day: row.version for row in connection.execute(select(changed_days))}

    before = versions()
    load_lines(warehouse, folder, *lines)
    refresh(warehouse)
    assert pending_days(warehouse) == []
    return [
        (day_of_number(number) - START).days
        for number, version in sorted(versions().items())
        if before.get(number) != version
    ]


@pytest.fixture
def two_sensors(warehouse: Warehouse, tmp_path: Path) -> Warehouse:
    """On day 0 both sensors; `old` on the days 4 (hp-2), 6 (hp-1), 8 (both)."""
    first = [tried("first", 0), tried("first", 0, "hp-2")]
    seen = [tried("old", 4, "hp-2"), tried("old", 6), tried("old", 8), tried("old", 8, "hp-2")]
    load_lines(warehouse, tmp_path, *first, *seen, tried("between", 2), tried("between", 2, "hp-2"))
    refresh(warehouse)
    return warehouse


@pytest.mark.sqlite_first
def test_a_value_gained_marks_the_next_day_of_any_sensor_and_of_its_own(two_sensors: Warehouse, tmp_path: Path) -> None:
    assert marked_by(two_sensors, tmp_path, tried("old", 2)) == [2, 4, 6]
    assert marked_by(two_sensors, tmp_path, tried("old", 2, message="again")) == [2], "it had been seen there"
    assert marked_by(two_sensors, tmp_path, tried("old", 1, "hp-2")) == [1, 2, 4]


@pytest.mark.sqlite_first
def test_a_value_lost_marks_the_next_day(two_sensors: Warehouse, tmp_path: Path) -> None:
    begun_before = events.line(0, session="old 4 hp-2", sensor="hp-2", timestamp=f"{day(2)}T01:00:00Z", src_ip=None)
    assert marked_by(two_sensors, tmp_path, begun_before) == [2, 4, 6, 8], "behind day 4, 6 of any and 8 of the sensor"


@pytest.mark.sqlite_first
def test_what_goes_forward_marks_its_own_day_alone(two_sensors: Warehouse, tmp_path: Path) -> None:
    assert marked_by(two_sensors, tmp_path, tried("old", 9), tried("next", 9)) == [9]
    assert marked_by(two_sensors, tmp_path, tried("old", 10, "hp-2"), tried("third", 10, "hp-3")) == [10]


@pytest.mark.sqlite_first
def test_a_first_session_marks_the_day_that_was_the_first(two_sensors: Warehouse, tmp_path: Path) -> None:
    assert marked_by(two_sensors, tmp_path, tried("unique", 3)) == [3], "there was a day before it"
    assert marked_by(two_sensors, tmp_path, tried("unlike any", -3)) == [-3, 0]
