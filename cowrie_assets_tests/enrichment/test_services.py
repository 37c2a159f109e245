"""What each service is asked, and how what it says reads: in the shapes that were captured, and in any other."""

import json
from collections.abc import Iterator
from dataclasses import astuple
from hashlib import sha1
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from cowrie_assets.clock import US_PER_DAY, iso_us
from cowrie_assets.enrichment.access import Key
from cowrie_assets.enrichment.answers import Kind, Said
from cowrie_assets.enrichment.calling import CallError, call
from cowrie_assets.enrichment.service import KeyRefusedError, Past, UnreadableAnswerError
from cowrie_assets.enrichment.services import SERVICES
from cowrie_assets.enrichment.services.virustotal import lifetime
from cowrie_assets.enrichment.settings import SERVICES as NAMES
from cowrie_assets.enrichment.skipping import why_skipped
from cowrie_assets_tests.enrichment.playing import SECRET, Player, Way, WhoisPlayer, access_to, played

HASH, OTHER_HASH = "ab" * 32, "cd" * 32
ADDRESS, OTHER_ADDRESS = "5.188.62.1", "91.92.93.94"
PASSWORD = "P@ss wörd"
VALUES = {Kind.FILE: HASH, Kind.ADDRESS: ADDRESS, Kind.PASSWORD: PASSWORD}
LOOKUPS = [
    pytest.param(name, index, id=f"{name}-{lookup.kind.name.lower()}")
    for name, service in SERVICES.items()
    for index, lookup in enumerate(service.lookups)
    if name != "cymru"
]


PATHS = {
    ("virustotal", 0): f"/api/v3/files/{HASH}",
    ("malwarebazaar", 0): "/api/v1/",
    ("urlhaus", 0): "/v1/payload/",
    ("urlhaus", 1): "/v1/host/",
    ("threatfox", 0): "/api/v1/",
    ("dshield", 0): f"/api/ip/{ADDRESS}?json",
    ("greynoise", 0): f"/v3/community/{ADDRESS}",
    ("abuseipdb", 0): f"/api/v2/check?ipAddress={ADDRESS}&maxAgeInDays=90",
    ("spur", 0): f"/v2/context/{ADDRESS}",
    ("hibp", 0): f"/range/{sha1(PASSWORD.encode()).hexdigest()[:5].upper()}",
}
BODIES = {
    ("malwarebazaar", 0): f"query=get_info&hash={HASH}",
    ("urlhaus", 0): f"sha256_hash={HASH}",
    ("urlhaus", 1): f"host={ADDRESS}",
    ("threatfox", 0): f'{{"query": "search_ioc", "search_term": "{ADDRESS}"}}',
}


@pytest.fixture(scope="module")
def player() -> Iterator[Player]:
    with played() as server:
        yield server


@pytest.fixture(autouse=True)
def _forget(player: Player) -> None:
    player.calls.clear()
    player.ways.clear()
    player.unknown.clear()
    player.known.clear()
    player.always = player.speaks_of = None


def ask(player: Player, name: str, index: int = 0, value: str | None = None) -> Said:
    lookup = SERVICES[name].lookups[index]
    asked = value or VALUES[lookup.kind]
    return call(access_to(player.url, name), Key(SECRET), lookup, [asked])[asked]


def test_every_service_has_its_settings() -> None:
    assert tuple(SERVICES) == NAMES


def test_the_page_has_the_base_and_the_path_of_each_service() -> None:
    page = (Path(__file__).parents[2] / "docs" / "ENRICHMENT.md").read_text(encoding="utf-8")
    for name, service in SERVICES.items():
        path = f"`{service.path}` " if service.path else ""
        assert f"\n| `{name.upper()}` | `{service.url}` | {path}|" in page


@pytest.mark.parametrize(("name", "index"), LOOKUPS)
def test_a_call_says_who_asks_and_sends_the_key_in_a_header_only(player: Player, name: str, index: int) -> None:
    ask(player, name, index)
    (made,) = player.calls
    assert "soc@example.org" in made.headers["User-Agent"]
    with_key = [header for header, value in made.headers.items() if SECRET in value]
    assert with_key == ([SERVICES[name].key_header] if SERVICES[name].key_header else [])
    assert SECRET not in made.path
    assert SECRET.encode() not in made.body


@pytest.mark.parametrize(("name", "index"), LOOKUPS)
def test_what_is_asked(player: Player, name: str, index: int) -> None:
    ask(player, name, index)
    expected = (PATHS[name, index], BODIES.get((name, index), "").encode())
    assert [(made.path, made.body) for made in player.calls] == [expected]


def test_an_ipv6_address_is_sent_canonical_and_encoded(player: Player) -> None:
    ask(player, "dshield", value="2A02:0DB8::0001")
    ask(player, "abuseipdb", value="2A02:0DB8::0001")
    ask(player, "urlhaus", 1, value="2A02:0DB8::0001")
    dshield, abuseipdb, urlhaus = player.calls
    assert dshield.path == "/api/ip/2a02%3Adb8%3A%3A1?json"
    assert abuseipdb.path == "/api/v2/check?ipAddress=2a02%3Adb8%3A%3A1&maxAgeInDays=90"
    assert urlhaus.body == b"host=2a02%3Adb8%3A%3A1"


@pytest.mark.parametrize(
    ("name", "index", "said"),
    [
        ("virustotal", 0, (True, 65, "trojan.mirai/gafgyt", "ELF", 41, 63, "2020-08-21", "2025-12-29", "2025-12-29")),
        ("malwarebazaar", 0, (True, None, "Mirai", "elf", None, None, "2020-06-01", None, None)),
        ("urlhaus", 0, (True, None, "Mirai", "elf", None, None, "2020-01-19", None, None)),
        ("urlhaus", 1, (True, None, "elf", None, None, None, "2019-01-15", None, None)),
        ("threatfox", 0, (True, 75, "Mirai", None, None, None, "2021-03-23", None, None)),
        ("dshield", 0, (True, *[None] * 8)),
        ("greynoise", 0, (True, None, "malicious", *[None] * 6)),
        ("abuseipdb", 0, (True, 100, "Data Center/Web Hosting/Transit", *[None] * 6)),
        ("spur", 0, (None, None, "DATACENTER", "NORD_VPN", *[None] * 5)),
        ("hibp", 0, (None, None, None, None, 0, *[None] * 4)),
    ],
)
def test_what_is_known_reads(player: Player, name: str, index: int, said: tuple[Any, ...]) -> None:
    *fields, data = astuple(ask(player, name, index))
    fields[6:] = [None if at is None else iso_us(at)[:10] for at in fields[6:]]
    assert tuple(fields) == said
    assert SECRET not in str(data)


@pytest.mark.parametrize(("name", "index"), LOOKUPS)
def test_what_is_not_known_is_an_answer(player: Player, name: str, index: int) -> None:
    player.unknown.add(VALUES[SERVICES[name].lookups[index].kind])
    said = ask(player, name, index)
    assert not said.malicious
    assert said.label is None or name == "abuseipdb"
    assert not said.total


@pytest.mark.parametrize(("name", "index"), [each for each in LOOKUPS if each.id != "hibp-password"])
@pytest.mark.parametrize("is_known", [True, False])
def test_an_answer_about_something_else_is_none(player: Player, name: str, index: int, is_known: bool) -> None:
    """What abuse.ch does not know it answers without naming it."""
    player.speaks_of = OTHER_HASH if SERVICES[name].lookups[index].kind is Kind.FILE else OTHER_ADDRESS
    if not is_known:
        player.unknown.add(player.speaks_of)
        if SERVICES[name].url.endswith("abuse.ch/"):
            assert not ask(player, name, index).malicious
            return
    with pytest.raises(CallError, match=r"without naming the .* that it was asked about|answered 404, and not as"):
        ask(player, name, index)


def test_a_range_and_a_row_of_something_else_are_none(player: Player) -> None:
    player.ways.append(Way(body=b"<html>\r\n" + b"A" * 35 + b":1\r\n"))
    with pytest.raises(CallError, match="no range of digests") as raised:
        ask(player, "hibp")
    assert raised.value.passing
    (lookup,) = SERVICES["cymru"].lookups
    rows = "".join(f"1 | {address} | 5.0.0.0/8 | US | arin | | X\n" for address in (ADDRESS, OTHER_ADDRESS))
    with pytest.raises(UnreadableAnswerError, match="an address that it was not asked about"):
        lookup.read([ADDRESS], rows.encode())


@pytest.mark.parametrize("body", [b"<html>404</html>", b"", b"{}", b'{"error": {"code": "NoRouteError"}}'])
def test_404_of_somebody_else_is_no_answer(player: Player, body: bytes) -> None:
    """A proxy, a wrong base, a page of a web server: the error names the base."""
    player.always = Way(404, body)
    for name, service in SERVICES.items():
        for index, _ in enumerate(service.lookups if name != "cymru" else ()):
            with pytest.raises(CallError) as raised:
                ask(player, name, index)
            sentence = f"answered 404, and not as {service.title} does: look at {service.variable}_URL ({player.url})"
            assert (str(raised.value), raised.value.passing) == (sentence, False)


@pytest.mark.parametrize(("name", "index"), LOOKUPS)
def test_a_base_may_end_with_the_path_of_the_interface(player: Player, name: str, index: int) -> None:
    lookup = SERVICES[name].lookups[index]
    access = access_to(f"{player.url}proxy/{SERVICES[name].path}", name)
    with pytest.raises(CallError):
        call(access, Key(SECRET), lookup, [VALUES[lookup.kind]])
    assert player.calls[0].path == f"/proxy{PATHS[name, index]}"


def test_what_else_virustotal_says(player: Player) -> None:
    assert ask(player, "virustotal").data == {
        "family": "mirai",
        "category": "trojan",
        "type": "ELF",
        "size": 95268,
        "names": ["bins.sh", "x86"],
        "tags": ["elf", "64bits"],
        "votes": {"malicious": 3, "harmless": 0},
        "reputation": -11,
    }


def test_dshields_numbers_may_be_texts_or_missing(player: Player) -> None:
    for count, attacks, listed in [("3", None, True), (None, "1", True), ("", 0, False), (None, None, False)]:
        player.known[ADDRESS] = {"count": count, "attacks": attacks}
        assert ask(player, "dshield").malicious is listed


def test_a_password_is_looked_for_in_its_range(player: Player) -> None:
    digest = sha1(PASSWORD.encode()).hexdigest().upper()
    player.known[digest[:5]] = {"lines": [f"{digest[5:]}:1234"]}
    said = ask(player, "hibp")
    assert said.positives == 1234
    assert not said.data
    assert PASSWORD not in str(player.calls)
    assert digest[5:] not in str(player.calls)


def test_a_key_that_abuse_ch_does_not_know() -> None:
    lookup = SERVICES["urlhaus"].lookups[1]
    with pytest.raises(KeyRefusedError):
        lookup.read([ADDRESS], b'{"query_status": "unknown_auth_key"}')


def test_team_cymru_answers_about_many_at_once() -> None:
    (lookup,) = SERVICES["cymru"].lookups
    player = WhoisPlayer()
    try:
        player.unknown.add("1.1.1.1")
        asked = [ADDRESS, "2A02:0DB8::0001", "1.1.1.1"]
        said = call(access_to(player.url, "cymru"), Key(None), lookup, asked)
        assert player.asked == [["begin", "verbose", ADDRESS, "2a02:db8::1", "1.1.1.1", "end"]]
        assert set(said) == set(asked)
        assert said[asked[1]].data["asn"] == 23028
        assert said[asked[1]].data["as_name"] == "TEAM-CYMRU, US"
        assert said[asked[1]].data["country"] == "US"
        assert said["1.1.1.1"].data == {"registry": "other"}
        player.way = "cut"
        assert set(call(access_to(player.url, "cymru"), Key(None), lookup, asked)) == set(asked[:2])
    finally:
        player.close()


# ------------------------------------------------------------------------------------------------------ any answer

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


def _twisted(chance: st.DataObject, document: Any) -> Any:
    """`document` with parts of it in the place of anything."""
    if chance.draw(st.integers(0, 9)) == 0:
        return chance.draw(_json)
    if isinstance(document, dict):
        return {name: _twisted(chance, value) for name, value in document.items()}
    return [_twisted(chance, value) for value in document] if isinstance(document, list) else document


@pytest.mark.parametrize(("name", "index"), LOOKUPS)
@given(chance=st.data())
def test_whatever_comes_reads_or_is_refused(player: Player, name: str, index: int, chance: st.DataObject) -> None:
    lookup = SERVICES[name].lookups[index]
    value = VALUES[lookup.kind]
    asked = f"hash={value}".encode() if lookup.kind is Kind.FILE else f"host={value}".encode()
    _, document = player.says(PATHS[name, index], asked)
    body = document if isinstance(document, bytes) else json.dumps(_twisted(chance, document)).encode()
    body = body[: chance.draw(st.integers(0, len(body)))] if chance.draw(st.integers(0, 4)) == 0 else body
    try:
        said = lookup.read([value], body)[value].bounded()
    except (UnreadableAnswerError, KeyRefusedError):
        return
    written = said.json()
    assert written is None or len(written) <= 16_384
    assert lookup.lifetime(said, Past(), 0) >= US_PER_DAY


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b"{}", b'{"ip":[]}', b"[" * 100_000, b"\xff\xfe"])
def test_what_is_no_answer_is_refused(body: bytes) -> None:
    for service in SERVICES.values():
        for lookup in service.lookups:
            with pytest.raises(UnreadableAnswerError) as raised:
                lookup.read([VALUES[lookup.kind]], body)
            assert "html" not in str(raised.value)


# ------------------------------------------------------------------------------------------------ what is asked at all


@pytest.mark.parametrize(
    "value",
    [
        *(
            "10.1.2.3",
            "127.0.0.1",
            "169.254.1.1",
            "192.168.0.1",
            "100.64.0.1",
            "224.0.0.1",
            "0.0.0.0",
            "255.255.255.255",
        ),
        *("192.0.2.7", "::1", "fe80::1", "fc00::1", "ff02::1", "2001:db8::1", "::ffff:8.8.8.8", "fe80::1%eth0"),
        *("8.8.8.8/../../admin", "8.8.8.8\r\nHost: evil", "8.8.8.8 ", "008.8.8.8", "8.8.8", "", "１.1.1.1", "a" * 5000),
        *("../etc/passwd", "8.8.8.8;id", "<script>", "8.8.8.8?x=1", "8.8.8.8#", "%00", "localhost", "2a02::1%25eth0"),
    ],
)
def test_only_public_addresses_leave(value: str) -> None:
    assert why_skipped(Kind.ADDRESS, value) is not None


@pytest.mark.parametrize("value", ["ab" * 31, "AB" * 32, "../" * 22, f"{'ab' * 31}\n\n", "", "zz" * 32])
def test_only_hashes_leave(value: str) -> None:
    assert why_skipped(Kind.FILE, value) is not None
    assert why_skipped(Kind.FILE, HASH) is None
    assert why_skipped(Kind.ADDRESS, ADDRESS) is None


def test_files_that_hold_next_to_nothing_are_not_asked_about() -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert why_skipped(Kind.FILE, empty) == "a file that holds next to nothing"


@pytest.mark.parametrize(
    ("first_seen", "past", "days"),
    [
        (None, Past(), 1),
        (None, Past(answered_at=-1), 3),
        (None, Past(answered_at=-4), 7),
        (None, Past(answered_at=-11), 30),
        (-8, Past(), 30),
        (-6, Past(), 1),
        (1, Past(), 30),
        (-8, Past(-2, -2), 1),
        (-9, Past(-3, -3), 30),
        (-9, Past(-2, -1), 30),
        (-1, Past(-30, None), 1),
    ],
)
def test_virustotals_lifetimes(first_seen: int | None, past: Past, days: int) -> None:
    """In days from now."""
    now = 1_000 * US_PER_DAY
    answered_at, known_at, seen_at = (
        None if day is None else now + day * US_PER_DAY for day in (past.answered_at, past.known_at, first_seen)
    )
    assert lifetime(Said(first_seen=seen_at), Past(answered_at, known_at), now) == days * US_PER_DAY
