"""Events made for tests: as Cowrie 3.1 writes them, small, each unlike any other."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

_START = datetime(2026, 8, 28, 23, 50, tzinfo=UTC)
_KINDS: tuple[dict[str, Any], ...] = (
    {
        "eventid": "cowrie.session.connect",
        "src_ip": "192.0.2.7",
        "src_port": 40000,
        "dst_port": 2222,
        "protocol": "ssh",
    },
    {"eventid": "cowrie.login.failed", "username": "root", "password": "123456"},
    {"eventid": "cowrie.login.success", "username": "root", "password": "xc3511"},
    {"eventid": "cowrie.command.input", "input": "uname -a"},
    {"eventid": "cowrie.command.input", "input": "cat \u2028/proc/\x00cpuinfo é"},
    {"eventid": "cowrie.command.input", "input": "stdin of a program", "realm": "request_exec"},
    {"eventid": "cowrie.session.file_download", "shasum": "ab" * 32, "url": "http://203.0.113.9/x", "outfile": "var/x"},
    {"eventid": "cowrie.session.file_upload", "shasum": "CD" * 32, "filename": "../evil\n.sh"},
    {"eventid": "cowrie.direct-tcpip.request", "dst_ip": "198.51.100.1", "dst_port": 25, "src_port": 1},
    {"eventid": "elasticpot.attack", "detail": [1, {"a": None}]},
    {"eventid": "cowrie.session.closed", "duration_ms": 1500},
)


def event(number: int, **changes: Any) -> dict[str, Any]:
    """The event of that number: a minute after another, three events a session, sessions on both sides of midnight."""
    moment = _START + timedelta(minutes=number, microseconds=number)
    common = {
        "session": f"{number // 3:012x}",
        "sensor": "hp-test",
        "timestamp": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "message": f"event {number}",
    }
    return {**_KINDS[number % len(_KINDS)], **common, **changes}


def line(number: int, **changes: Any) -> bytes:
    """The event as a line of a log, without its newline."""
    return json.dumps(event(number, **changes), separators=(",", ":")).encode()


HOSTILE = {
    "NUL": "a\x00b",
    "lone surrogates": "\ud800 \udfff\ud800",
    "what stands for a NUL": "\U00100000\U0010fffd\U0010d800",
    "controls": "\x1b[2J\x7f\x85\r\n\t",
    "right to left": "\u202egnp.exe\u2028\u2029",
    "SQL": "'; DROP TABLE events; -- %s :day {} \\",
    "nothing": "",
    "60 kB": "é" * 30_000,
}
"""What attackers type, by what is hostile about it."""
