"""From a JSON object to an event: who, when, what, and the identity that makes two events one."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cowrie_assets.clock import to_us
from cowrie_assets.cowrie import identity as event_identity
from cowrie_assets.cowrie.counting import CountsAs
from cowrie_assets.cowrie.event import Event, NotAnEventError, Source, read_event
from cowrie_assets.cowrie.event_types import KNOWN, event_type_of
from cowrie_assets.cowrie.lenient_json import decode
from cowrie_assets_tests import events
from cowrie_assets_tests.cpu_time import least_cpu_seconds

HOUR_US = 3_600_000_000
FOLDER = Source("folder")
TEXTS = st.text(st.characters() | st.sampled_from(["\ud800", "\0", '"', "\\", "\x7f", "\U0001f600"]), max_size=12)


def read(number: int = 0, source: Source = FOLDER, **changes: Any) -> Event:
    return read_event(events.event(number, **changes), source)


def identity(line: str, source: Source = FOLDER) -> bytes:
    return read_event(decode(line.encode("utf-8", "surrogatepass")).value, source).identity


# ----------------------------------------------------------------------------------------------------- what is an event


@pytest.mark.parametrize("eventid", [None, "", 7, True, [], {"a": 1}])
def test_an_event_needs_an_id(eventid: object) -> None:
    with pytest.raises(NotAnEventError) as refused:
        read(eventid=eventid)
    assert refused.value.reason == "missing_eventid"


@pytest.mark.parametrize("timestamp", [None, "", "now", 1756468800, [], "2026-02-30T00:00:00Z"])
def test_an_event_needs_a_usable_time(timestamp: object) -> None:
    with pytest.raises(NotAnEventError) as refused:
        read(timestamp=timestamp)
    assert refused.value.reason == "bad_timestamp"


@pytest.mark.parametrize(
    ("timestamp", "usable"),
    [
        ("0001-01-01T00:00:00+01:00", False),
        ("0001-12-31T23:59:59.999999Z", False),
        ("0002-01-01T00:00:00Z", True),
        ("9998-12-31T23:59:59.999999Z", True),
        ("9998-12-31T23:59:59.999999-00:01", False),
        ("9999-12-31T23:59:59-23:59", False),
    ],
)
def test_a_time_is_usable_where_the_calendar_has_days_around_it(timestamp: str, usable: bool) -> None:
    if usable:
        assert read(timestamp=timestamp).event_at == to_us(datetime.fromisoformat(timestamp))
        return
    with pytest.raises(NotAnEventError, match="bad_timestamp"):
        read(timestamp=timestamp)


def test_a_clock_offset_moves_no_event_out_of_the_calendar() -> None:
    source = Source("folder", clock_offsets={"hp-test": -HOUR_US})
    with pytest.raises(NotAnEventError, match="bad_timestamp"):
        read(source=source, timestamp="9998-12-31T23:30:00Z")


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_how_deep_an_event_may_be_does_not_depend_on_its_caller(opening: str) -> None:
    closing = "]" if opening == "[" else "}"

    def outcome(levels: int, stack: int = 0) -> str:
        if stack:
            return outcome(levels, stack - 1)
        value = opening * (levels - 1) + "1" + closing * (levels - 1)
        line = f'{{"eventid":"x","timestamp":"2026-08-29T12:00:00Z","lone":"\\ud800","value":{value}}}'
        try:
            read_event(decode(line.encode()).value, FOLDER)
        except NotAnEventError as refused:
            return refused.reason
        return "event"

    assert {outcome(levels, stack) for levels in (2, 100, 254) for stack in (0, 300)} == {"event"}
    assert {outcome(levels, stack) for levels in (255, 500) for stack in (0, 300)} == {"too_deep"}


def test_every_id_is_accepted_and_those_of_2015_have_their_names_of_today() -> None:
    assert read(eventid="elasticpot.attack").event_type == "elasticpot.attack"
    assert read(eventid="\x00\ud800").event_type == "\x00\ud800"
    names = {
        *(("0001", "session.connect"), ("0002", "login.success"), ("0003", "login.failed"), ("0004", "log.open")),
        *(("0005", "command.success"), ("0006", "command.failed"), ("0007", "session.file_download")),
        *(("0009", "client.version"), ("0010", "client.size"), ("0011", "session.closed"), ("0012", "log.closed")),
        *(("0013", "client.var"), ("0016", "client.fingerprint")),
    }
    for number, name in names:
        for prefix in ("KIPP", "COW"):
            assert read(eventid=prefix + number).event_type == f"cowrie.{name}"
            assert event_type_of(prefix + number) in KNOWN
    assert read(eventid="COW0008").event_type == "COW0008"
    assert read(eventid="COW0002").counts_as is CountsAs.LOGIN_SUCCESS
    assert read(eventid="KIPP0011", duration=3).detail("duration_us") == 3_000_000


# ------------------------------------------------------------------------------------------------------ who and when


def test_the_sensor_is_the_events_own_or_else_the_folders() -> None:
    assert read(sensor="own").sensor == "own"
    assert [read(sensor=absent).sensor for absent in ("", None, 7, [])] == ["folder"] * 4


def test_an_alias_renames_the_sensor_whoever_gave_it() -> None:
    source = Source("0badc0ffee", {"0badc0ffee": "hp-1", "old": "hp-1"})
    assert read(source=source, sensor="old").sensor == "hp-1"
    assert read(source=source, sensor="").sensor == "hp-1"
    assert read(source=source, sensor="other").sensor == "other"


def test_the_name_comes_before_the_uuid_and_that_before_the_folder() -> None:
    source = Source("tpot", {"hp-1": "hp-1", "old": "hp-1"}, uuids={"u2": "hp-2"}, folder_sensor="hp-3")
    assert read(source=source, sensor="old", uuid="u2").sensor == "hp-1"
    assert read(source=source, sensor="0badc0ffee", uuid="u2").sensor == "hp-2"
    assert read(source=source, sensor="", uuid="u2").sensor == "hp-2"
    assert [read(source=source, sensor="0badc0ffee", uuid=uuid).sensor for uuid in ("", None, 7, ["u2"], "u9")] == [
        "hp-3"
    ] * 5
    assert read(source=Source("tpot"), sensor="0badc0ffee", uuid="u2").sensor == "0badc0ffee"


def test_a_clock_offset_is_taken_off_once_and_leaves_the_identity_alone() -> None:
    offset = Source("folder", {"alias": "hp-1"}, {"hp-1": 2 * HOUR_US})
    right, ahead = read(sensor="alias", source=Source("folder", {"alias": "hp-1"})), read(sensor="alias", source=offset)
    assert ahead.event_at == right.event_at - 2 * HOUR_US
    assert ahead.identity == right.identity
    assert read(sensor="other", source=offset).event_at == right.event_at
    assert read(timestamp="2026-08-29T00:30:00Z", sensor="alias", source=offset).event_day == 20693
    assert (datetime(2026, 8, 28) - datetime(1970, 1, 1)).days == 20693


def test_a_time_without_a_zone_is_utc_and_told() -> None:
    naive = read(timestamp="2026-08-29T12:00:00.5")
    assert (naive.event_at, naive.naive_timestamp) == (to_us(datetime(2026, 8, 29, 12, 0, 0, 500_000, UTC)), True)
    assert not read().naive_timestamp


# ----------------------------------------------------------------------------------------------------------- identity


def test_an_identity_is_its_second_and_then_a_digest() -> None:
    assert read(timestamp="1970-01-01T00:00:05.999Z").identity[:4] == (5).to_bytes(4, "big")
    assert read(timestamp="1969-12-31T23:59:59Z").identity[:4] == bytes(4)
    assert read(timestamp="2200-01-01T00:00:00Z").identity[:4] == b"\xff" * 4
    assert len(read().identity) == 16


SAME = [
    '{"eventid":"x","timestamp":"2026-08-29T12:00:00Z","a":[1,{"b":"é","c":null}]}',
    '{ "timestamp" : "2026-08-29T12:00:00Z", "a" : [ 1, { "c" : null, "b" : "\\u00e9" } ],\t"eventid" : "x" }',
    '{"eventid":"\\u0078","timestamp":"2026-08-29T12:00:00Z","a":[1,{"b":"\\u00E9","c":null}]}',
]
OTHER = [
    SAME[0].replace("[1,", "[1.0,"),
    SAME[0].replace("[1,", '["1",'),
    SAME[0].replace("null", '""'),
    SAME[0].replace("é", "e\u0301"),
    SAME[0].replace("12:00:00Z", "12:00:00.000Z"),
    SAME[0].replace("}]}", '}],"sensor":"folder"}'),
    SAME[0].replace('[1,{"b":"é","c":null}]', '[{"b":"é","c":null},1]'),
]


def test_order_of_keys_blanks_and_escapes_make_no_other_event() -> None:
    assert len({identity(line) for line in SAME}) == 1


def test_any_other_content_makes_another_event() -> None:
    assert len({identity(line) for line in (SAME[0], *OTHER)}) == 1 + len(OTHER)


def test_the_same_content_of_another_sensor_is_another_event() -> None:
    assert identity(SAME[0]) != identity(SAME[0], Source("elsewhere"))
    assert identity(SAME[0]) != identity(SAME[0], Source("alias", {"alias": "folder"}))


def test_no_setting_has_a_part_in_the_identity() -> None:
    named = read(sensor="own", uuid="u")
    for source in (
        Source("elsewhere"),
        Source("folder", {"own": "hp-1"}),
        Source("folder", {"own": "hp-1"}, {"hp-1": HOUR_US}),
        Source("folder", uuids={"u": "hp-2"}),
        Source("folder", folder_sensor="hp-3"),
    ):
        assert read(sensor="own", uuid="u", source=source).identity == named.identity


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), JSON, max_size=5), st.randoms(use_true_random=False))
def test_the_identity_is_of_the_content_however_it_is_written(fields: dict[str, Any], shuffle: Any) -> None:
    event = {**fields, "eventid": "x", "timestamp": "2026-08-29T12:00:00Z"}
    keys = list(event)
    shuffle.shuffle(keys)
    loose = json.dumps({key: event[key] for key in keys}, indent=shuffle.choice([None, 1]), ensure_ascii=True)
    assert identity(loose) == identity(json.dumps(event, separators=(",", ":"), ensure_ascii=False))


def test_lone_surrogates_and_numbers_beyond_64_bits_have_identities_too() -> None:
    lines = [SAME[0].replace("é", other) for other in ("\\ud800", "\\udfff", "\\ud83d\\ude00")]
    numbers = (2**63, 2**64 - 1, 2**64, 2**64 + 1, -(2**63), 10**300, 10**300 + 1, 10**400, 10**400 + 1)
    written = [*map(str, numbers), "1e300", "1e400", "-1e999", '"1e400"', '{"digits":"1e400"}']
    lines += [SAME[0].replace("[1,", f"[{number},") for number in written]
    lines += [line.replace("é", "\\ud800") for line in lines[3:]]
    assert len({identity(line) for line in lines}) == len(lines)
    assert identity('{"b":1e400,' + SAME[0][1:]) == identity(SAME[0][:-1] + ', "b" : 1e400 }')
    assert identity(lines[0]) == identity(lines[0].replace("\\ud800", "\\uD800"))


# --------------------------------------------------------------------------------------------------------- what it says


@pytest.mark.parametrize(
    ("port", "found"),
    [
        *((22, 22), (0, 0), (65535, 65535), (65536, None), (-1, None), (2.5, None), (True, None), (None, None)),
        *(("2222", 2222), ("00022", 22), ("0000022", None), ("٣", None), ("", None), ("22 ", None), ([22], None)),
        ("9" * 10_000, None),
    ],
)
def test_a_port_is_a_number_or_digits(port: object, found: int | None) -> None:
    assert (read(src_port=port).src_port, read(dst_port=port).dst_port) == (found, found)


def test_the_ports_of_a_forward_are_not_the_sensors() -> None:
    event = read(8)
    assert event.event_type == "cowrie.direct-tcpip.request"
    assert (event.src_port, event.dst_port) == (None, None)


def test_texts_of_other_types_are_written_out() -> None:
    login = read(1, username=1234, password=decode(b"1e400").value)
    assert (login.detail("username"), login.detail("password")) == ("1234", "1e400")
    assert read(1, password=None).detail("password") is None
    assert read(1, password="").detail("password") == ""
    assert read(3, input=None).detail("command") == ""
    assert read(3, input=1.5).detail("command") == "1.5"
    assert read(src_ip="").src_ip is None


@pytest.mark.parametrize(
    ("number", "field", "detail"),
    [
        *((1, "username", "username"), (1, "password", "password"), (2, "password", "password")),
        *((6, "shasum", "shasum"), (6, "url", "url"), (6, "destfile", "destfile"), (7, "filename", "filename")),
        *((0, "src_ip", None), (0, "protocol", None)),
    ],
)
@pytest.mark.parametrize("value", [{}, [], {"type": "log"}, ["x"]])
def test_an_object_or_list_where_a_text_must_stand_is_unusual_and_no_value(
    number: int, field: str, detail: str | None, value: object
) -> None:
    event = read(number, **{field: value})
    assert event.unusual
    assert (event.detail(detail) if detail else getattr(event, field)) is None
    assert not read(number).unusual


@pytest.mark.parametrize("value", [{"type": "log"}, {}, [], ["ls"]])
def test_an_input_that_is_an_object_or_list_is_no_command(value: object) -> None:
    event = read(3, input=value)
    assert (event.counts_as, event.detail("command"), event.unusual) == (CountsAs.NOTHING, None, True)


def test_a_list_in_a_field_that_may_hold_one_is_usual() -> None:
    assert not read(3, message=[], kexAlgs=["x"], username={}).unusual


@pytest.mark.parametrize(
    ("written", "version"),
    [
        *(("SSH-2.0-Go", "SSH-2.0-Go"), ("b'SSH-2.0-Go'", "SSH-2.0-Go"), ('b"it\'s"', "it's")),
        *((r"b'a\\b\x00\xc3\xa9\xff'", "a\\b\x00é\\xff"), ("b'a' + b'b'", "b'a' + b'b'"), (r"b'\x0'", r"b'\x0'")),
        *(("b'é'", "b'é'"), ("b'", "b'"), (["x"], None), (7, "7")),
    ],
)
def test_a_client_version_in_pythons_form_of_bytes_is_the_version_itself(written: object, version: str | None) -> None:
    assert read(eventid="cowrie.client.version", version=written).detail("client_version") == version


def test_only_its_own_kind_of_event_has_a_detail() -> None:
    everything = {
        **{"username": "u", "password": "p", "input": "i", "version": "v", "hassh": "h", "shasum": "ab" * 32},
        **{"url": "http://x/", "filename": "f", "duration_ms": 5, "size": 9},
    }
    details = ("username", "password", "command", "client_version", "hassh", "shasum", "url", "filename", "duration_us")

    def told(eventid: str) -> set[str]:
        event = read(eventid=eventid, **{**everything, "realm": "x"} if eventid.endswith("input") else everything)
        return {name for name in details if event.detail(name) is not None}

    assert told("cowrie.login.success") == told("cowrie.login.failed") == {"username", "password"}
    assert told("cowrie.client.version") == {"client_version"}
    assert told("cowrie.client.kex") == {"hassh"}
    assert told("cowrie.session.closed") == {"duration_us"}
    assert told("cowrie.session.file_upload") == {"shasum", "url", "filename"}
    assert told("cowrie.command.input") == told("cowrie.log.closed") == told("cowrie.session.connect") == set()


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        *(("AB" * 32, "ab" * 32), (f" {'ab' * 32}\n", "ab" * 32), ("", None), ("ab" * 31, None), ("xy" * 32, None)),
        *((None, None), (7, None), (["ab" * 32], None), ("ab" * 33, None), ("ａb" + "ab" * 31, None)),
    ],
)
def test_a_shasum_is_64_hex_digits_once_trimmed(written: object, stored: str | None) -> None:
    assert read(6, shasum=written).detail("shasum") == stored


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        *(("x.sh", "x.sh"), ("/tmp/x.sh", "x.sh"), ("..\\..\\x.sh", "x.sh"), ("../../etc/passwd", "passwd")),
        *(("a\x00b\x1b[31m\x85\u2028.sh", "ab[31m.sh"), ("/tmp/", None), ("", None), ("..", None), ("/a/.\x00.", None)),
        *(("n" * 600, "n" * 512), ("a\n/b\nc", "bc"), (7, "7")),
    ],
)
def test_a_filename_has_no_path_and_no_control_characters(written: object, stored: str | None) -> None:
    assert read(7, filename=written, destfile=None).detail("filename") == stored


def test_a_url_is_cut_and_cleaned_and_a_destination_names_what_has_no_name() -> None:
    event = read(6, url="http://x/\r\nSet-Cookie: " + "y" * 2000, destfile="/var/run/.x")
    assert event.detail("url") == ("http://x/Set-Cookie: " + "y" * 2000)[:1024]
    assert (event.detail("destfile"), event.detail("filename")) == ("/var/run/.x", ".x")


@pytest.mark.parametrize(
    ("fields", "us"),
    [
        *(({"duration_ms": 1500}, 1_500_000), ({"duration": 1.5}, 1_500_000), ({"duration": "1.5"}, 1_500_000)),
        *(({"duration_ms": 0, "duration": 9}, 0), ({"duration_ms": "no", "duration": 9}, 9_000_000)),
        *(
            ({"duration": "nan"}, None),
            ({"duration": "inf"}, None),
            ({"duration": -1}, None),
            ({"duration": 1e300}, None),
        ),
        *(({"duration": True}, None), ({"duration": None}, None), ({"duration": []}, None), ({}, None)),
        ({"duration": 0.1 + 0.2}, 300_000),
    ],
)
def test_a_duration_is_a_number_or_a_numeric_string(fields: dict[str, Any], us: int | None) -> None:
    event = {"eventid": "cowrie.session.closed", "timestamp": "2026-08-29T12:00:00Z", **fields}
    assert read_event(event, FOLDER).detail("duration_us") == us


@pytest.mark.parametrize(
    ("size", "stored"), [(0, 0), (2**62, 2**62), (2**63, None), (-1, None), ("5", None), (5.0, None)]
)
def test_a_size_is_a_number_that_every_engine_holds(size: object, stored: int | None) -> None:
    assert read(7, size=size).detail("file_size") == stored


@given(
    JSON, st.sampled_from(["session", "sensor", "src_ip", "src_port", "username", "input", "shasum", "url", "filename"])
)
def test_a_value_of_an_unexpected_type_never_makes_an_event_fail(value: Any, name: str) -> None:
    for number in range(11):
        event = read(number, **{name: value})
        assert event.event_type == events.event(number)["eventid"]
        orjson.dumps([event.sensor, event.src_ip, event.src_port, *event.values])


@pytest.mark.parametrize(
    ("fields", "target"),
    [
        ({"dst_ip": "198.51.100.1", "dst_port": 25}, "198.51.100.1:25"),
        ({"dst_ip": "2001:db8::1", "dst_port": 443}, "[2001:db8::1]:443"),
        ({"dst_ip": "[2001:db8::1]", "dst_port": "443"}, "[2001:db8::1]:443"),
        ({"dst_ip": "ya.ru", "dst_port": None}, "ya.ru"),
        ({"dst_ip": "", "dst_port": 25}, None),
        ({"dst_ip": None, "dst_port": 25}, None),
        ({"dst_ip": {"a": 1}, "dst_port": 25}, None),
        ({"dst_ip": "h" * 9_000, "dst_port": 25}, "h" * 512),
    ],
)
def test_what_a_tunnel_request_asks_for(fields, target):
    assert read(8, **fields).detail("tunnel_target") == target


# ------------------------------------------------------------------------------------------------- what length it costs

UNITS = ("a", "/", "\\", ".", " ", "1", "'", '"', ":", "@", "%", "=", "\x01", "\u202e", "é", "b'", "://", "../", "[")
LONG_TEXTS = {
    "cowrie.session.file_download": ("filename", "destfile", "url", "shasum"),
    "cowrie.session.file_upload": ("filename",),
    "cowrie.client.version": ("version",),
    "cowrie.client.kex": ("hassh",),
    "cowrie.session.closed": ("duration", "duration_ms"),
    "cowrie.direct-tcpip.request": ("dst_ip", "dst_port"),
    "cowrie.login.failed": ("username", "password"),
    "cowrie.command.input": ("input",),
    "cowrie.session.connect": ("src_ip", "src_port", "session", "protocol", "sensor", "uuid"),
}


@pytest.mark.parametrize("eventid", LONG_TEXTS)
def test_reading_a_text_is_linear_in_its_length(eventid: str) -> None:
    """An attacker who chooses a long text costs milliseconds, not minutes: no pattern tries each place of it anew."""
    texts = [unit * (100_000 // len(unit)) for unit in UNITS]
    read_all = [events.event(0, eventid=eventid, **dict.fromkeys(LONG_TEXTS[eventid], text)) for text in texts]
    assert least_cpu_seconds(lambda: [_read_anyhow(event) for event in read_all], 0.3) < 0.3


def _read_anyhow(event: dict[str, Any]) -> None:
    with suppress(NotAnEventError):
        read_event(event, FOLDER)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(TEXTS, JSON_VALUES, max_size=5))
def test_a_long_event_has_the_identity_that_it_has_written_at_once(value: dict[str, Any]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(event_identity, "_PIECE", 3)
        whole = value | {"eventid": "x"}
        assert event_identity.identity("hp-test", whole, 0, is_long=True) == event_identity.identity(
            "hp-test", whole, 0
        )


@pytest.mark.parametrize("levels", range(251, 257))
def test_a_long_event_may_be_as_deep_as_another(levels: int) -> None:
    value: dict[str, Any] = {"text": "x" * 2**19, "deep": json.loads("[" * levels + "]" * levels)}

    def outcome(is_long: bool) -> object:
        try:
            return event_identity.identity("hp-test", value, 0, is_long=is_long)
        except event_identity.TooDeepError:
            return "too deep"

    assert outcome(is_long=True) == outcome(is_long=False)
