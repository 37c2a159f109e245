"""What `find` tells of every value, against a plain count of the sessions that were written."""

from collections import Counter
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from cowrie_assets.cowrie.normalize import normalize_command
from cowrie_assets.finding import find as module
from cowrie_assets.finding.find import Found, document_of, find, masks_of_passwords
from cowrie_assets.finding.readings import Kind, ReadingError
from cowrie_assets.reports.json_writer import dump
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import tables
from cowrie_assets_tests.finding.conftest import ADDRESSES, COMMANDS, CREDENTIALS, HASSHES, URLS, Made


def _one(warehouse: Warehouse, value: str, kind: Kind) -> Found | None:
    with warehouse.read() as connection:
        found = find(connection, value, kind)
    assert len(found) <= 1
    return found[0] if found else None


def _agrees(found: Found | None, sessions: list[Made]) -> None:
    assert found is not None
    days = sorted(session.day for session in sessions)
    assert (found.sessions.count, found.sessions.at_least, found.exact_days) == (len(sessions), False, True)
    assert (str(found.first_day), str(found.last_day)) == (days[0], days[-1])
    assert found.sensors == sorted({session.sensor for session in sessions})
    newest = [line.began_at[:10] for line in found.sessions.newest]
    assert newest == days[::-1][:10]


def _count(found: Found, name: str) -> dict[str, int]:
    return {neighbour.text: neighbour.count for neighbour in found.neighbours[name]}


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address(warehouse: Warehouse, made: list[Made], address: str) -> None:
    sessions = [session for session in made if session.address == address]
    found = _one(warehouse, address, Kind.ADDRESS)
    _agrees(found, sessions)
    assert found is not None
    assert _count(found, "commands") == Counter(session.command for session in sessions)
    assert _count(found, "credentials") == Counter(":".join(session.credential) for session in sessions)
    assert _count(found, "files") == Counter(session.shasum for session in sessions)
    assert _count(found, "urls") == Counter(session.url for session in sessions)
    assert _count(found, "hassh") == Counter(session.hassh for session in sessions if session.hassh)
    assert _count(found, "addresses") == {}  # itself
    document_of(address, [found])


@pytest.mark.parametrize("network", ["192.0.2.0/24", "192.0.0.0/16", "192.0.2.128/25", "2001:db8::/48", "203.0.113.5"])
def test_a_network_and_an_address_within_ipv6(warehouse: Warehouse, made: list[Made], network: str) -> None:
    asked = ip_network(network)
    inside = [
        session
        for session in made
        if (getattr(ip_address(session.address), "ipv4_mapped", None) or ip_address(session.address)) in asked
    ]
    _agrees(_one(warehouse, network, Kind.NETWORK if "/" in network else Kind.ADDRESS), inside)


def test_every_text_that_was_seen(warehouse: Warehouse, made: list[Made]) -> None:
    for user, password in CREDENTIALS:
        pair = (user, password)
        sessions = [session for session in made if session.credential == pair]
        _agrees(_one(warehouse, f"{user}:{password}", Kind.CREDENTIAL), sessions)
        if user:
            _agrees(_one(warehouse, user, Kind.USERNAME), [each for each in made if each.credential[0] == user])
        if password:
            _agrees(_one(warehouse, password, Kind.PASSWORD), sessions)
    for command in COMMANDS:
        _agrees(_one(warehouse, command, Kind.COMMAND), [each for each in made if each.command == command])
    for hassh in filter(None, HASSHES):
        _agrees(_one(warehouse, hassh.upper(), Kind.HASSH), [each for each in made if each.hassh == hassh])
    for url in URLS:
        sessions = [session for session in made if session.url == url]
        fetched = [session for session in made if url in (session.url, session.command.removeprefix("wget "))]
        _agrees(_one(warehouse, url, Kind.URL), fetched)
        _agrees(_one(warehouse, urlsplit(url).hostname or "", Kind.HOST), fetched)
        _agrees(_one(warehouse, sessions[0].shasum.upper(), Kind.FILE), sessions)
    session = made[0]
    alike = [each for each in made if each.session_id == session.session_id]
    _agrees(_one(warehouse, session.session_id, Kind.SESSION), alike)
    _agrees(_one(warehouse, session.session_id.upper(), Kind.SESSION), alike)


@pytest.mark.parametrize(
    ("value", "plain", "kind"),
    [
        ("hxxp://203[.]0[.]113[.]66/a.sh", URLS[0], Kind.URL),
        ("HXXP[:]//203[.]0[.]113[.]66/a.sh", URLS[0], Kind.URL),
        ("203.0.113[.]66", "203.0.113.66", Kind.HOST),
        ("192[.]0[.]2[.]7", "192.0.2.7", Kind.ADDRESS),
        ("192(.)0[dot]2{.}7", "192.0.2.7", Kind.ADDRESS),
        ("::ffff:cb00:7105", "203.0.113.5", Kind.ADDRESS),
        ("192[.]0[.]2[.]0/24", "192.0.2.0/24", Kind.NETWORK),
        ("wget hxxp://203[.]0[.]113[.]66/a.sh", COMMANDS[2], Kind.COMMAND),
    ],
)
def test_what_reports_defang_is_found_as_it_stands_there(
    warehouse: Warehouse, value: str, plain: str, kind: Kind
) -> None:
    found = _one(warehouse, value, kind)
    assert found is not None
    assert found == _one(warehouse, plain, kind)


def test_the_normal_form_of_commands(warehouse: Warehouse, made: list[Made], monkeypatch: pytest.MonkeyPatch) -> None:
    for command in COMMANDS:
        form = normalize_command(command)
        sessions = [each for each in made if normalize_command(each.command) == form]
        found = _one(warehouse, form, Kind.NORMAL_FORM)
        _agrees(found, sessions)
        assert found is not None
        assert _count(found, "commands") == Counter(each.command for each in sessions)
    monkeypatch.setattr(module, "LOOKED_THROUGH_FOR_FORM", 3)
    cut = _one(warehouse, normalize_command(COMMANDS[1]), Kind.NORMAL_FORM)
    assert cut is not None
    assert (cut.sessions.at_least, cut.exact_days) == (True, True)


@pytest.mark.parametrize("technique", ["T1098.004", "t1098", "T1078"])
def test_a_technique_with_its_subtechniques(
    warehouse: Warehouse, made: list[Made], technique: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = {
        (row["sensor"], row["session_id"])
        for row in tables.rows(warehouse, "session_techniques")
        if row["technique"].startswith(technique.upper())
    }
    sessions = [each for each in made if (each.sensor, each.session_id) in shown]
    found = _one(warehouse, technique, Kind.TECHNIQUE)
    _agrees(found, sessions)
    assert found is not None
    assert found.value == technique.upper()
    monkeypatch.setattr(module, "LOOKED_THROUGH", 3)
    found = _one(warehouse, technique, Kind.TECHNIQUE)
    assert found is not None
    assert (found.sessions.at_least, 0 < found.sessions.count < len(sessions)) == (True, True)
    days = [session.day for session in sessions]
    assert (found.exact_days, str(found.first_day), str(found.last_day)) == (True, min(days), max(days))


@pytest.mark.parametrize(
    "value", ["T1499", "evilXexample", "%", "_", "example", "203.0.113.6", "http://", "\ud800\x00", "0" * 64]
)
def test_what_was_never_seen(warehouse: Warehouse, value: str) -> None:
    with warehouse.read() as connection:
        assert find(connection, value) == []


@pytest.mark.parametrize("value", ["", "10.0.0.0/8", "2001:db8::/32"])
def test_what_cannot_be_looked_up_is_a_sentence(warehouse: Warehouse, value: str) -> None:
    with warehouse.read() as connection, pytest.raises(ReadingError, match="look"):
        find(connection, value)


def test_of_what_was_seen_very_often_less_is_looked_at(
    warehouse: Warehouse, made: list[Made], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Days stay exact where an index has them."""
    monkeypatch.setattr(module, "COUNTED", 5)
    monkeypatch.setattr(module, "LOOKED_AT", 3)
    shasum = made[0].shasum
    exact = {
        Kind.ADDRESS: (ADDRESSES[0], [each for each in made if each.address == ADDRESSES[0]]),
        Kind.URL: (URLS[1], [each for each in made if each.url == URLS[1]]),
        Kind.FILE: (shasum, [each for each in made if each.shasum == shasum]),
        Kind.PASSWORD: ("toor", [each for each in made if each.credential[1] == "toor"]),
    }
    for kind, (value, sessions) in exact.items():
        found = _one(warehouse, value, kind)
        assert found is not None
        assert (found.sessions.count, found.sessions.at_least, found.sessions.looked_at) == (5, True, 3)
        days = [session.day for session in sessions]
        assert (found.exact_days, str(found.first_day), str(found.last_day)) == (True, min(days), max(days))
        assert sum(_count(found, "commands").values()) == 3
    found = _one(warehouse, COMMANDS[0], Kind.COMMAND)
    assert found is not None
    assert (found.sessions.count, found.sessions.at_least, found.exact_days) == (5, True, False)


def test_what_the_bytes_of_a_file_say(warehouse: Warehouse, made: list[Made]) -> None:
    """A file is found by its MD5 and SHA-1 too, once it was examined."""
    with warehouse.write() as connection:
        number = connection.execute(text("SELECT id FROM texts WHERE text = :text"), {"text": made[0].shasum}).scalar()
        row = {"id": number, "md5": b"\1" * 16, "sha1": b"\2" * 20, "as": b""}
        connection.execute(text("DELETE FROM downloaded_contents"))
        connection.execute(
            text(
                "INSERT INTO downloaded_contents (shasum_id, size, type, entropy, sha1, md5, examined_as, examined_at)"
                " VALUES (:id, 7, 'script', 4500, :sha1, :md5, :as, 1)"
            ),
            row,
        )
    sessions = [session for session in made if session.shasum == made[0].shasum]
    for value in ("01" * 16, "02" * 20):
        found = _one(warehouse, value, Kind.FILE)
        _agrees(found, sessions)
        assert found is not None
        assert found.examined is not None
        assert (found.value, found.examined.type, found.examined.entropy) == (made[0].shasum, "script", 4.5)


def test_the_document_and_the_masks(warehouse: Warehouse) -> None:
    with warehouse.read() as connection:
        found = find(connection, "root:a:b%_!")
    document = dump(document_of("root:a:b%_!", found))
    assert b'"kind": "credential"' in document
    assert {"a:b%_!", "toor"} & set(masks_of_passwords(found)) == {"a:b%_!"}
