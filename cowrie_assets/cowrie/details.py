"""What an event tells beyond when, where and whose: a login, a command, a file, a client, a tunnel, a duration.

An event has one kind of details, by what it counts as or by its type, and most have none. Nothing here makes an event
fail: a number is taken as text, "what a field must hold as text and holds as an object or list [...] gives no value"
(DATA.md).
"""

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cowrie_assets.clock import US_PER_SECOND
from cowrie_assets.cowrie.counting import CountsAs

_SHA256 = re.compile(r"[0-9a-f]{64}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NO_NAMES = ("", ".", "..")
_BYTES_OF_PYTHON = re.compile(r"b(['\"])(?:(?!\1)[^\\\n]|\\[\\'\"abfnrtvx0-7])*\1", re.ASCII)
"""How Cowrie of 2021 writes a client's version: Python's own form of bytes."""
_URL_LENGTH = 1024
_FILENAME_LENGTH = 512
_TARGET_LENGTH = 512
_HIGHEST_SIZE = 2**62
_LONGEST_DURATION_US = 2**53


@dataclass(frozen=True, slots=True, eq=False)
class Details:
    """A kind of details: the names of its texts, then of its numbers, and what reads their values in that order."""

    texts: tuple[str, ...]
    numbers: tuple[str, ...]
    fields: tuple[str, ...]
    """The event's fields that hold the texts."""
    read: Callable[[Mapping[str, Any]], tuple[Any, ...]]


def text_of(value: object) -> str | None:
    """A value as text: a string as it is, a number written out; None for null, an object and a list."""
    if value is None or type(value) is str:
        return value
    return None if type(value) in (dict, list) else str(value)


def _login(value: Mapping[str, Any]) -> tuple[Any, ...]:
    return text_of(value.get("username")), text_of(value.get("password"))


def _command(value: Mapping[str, Any]) -> tuple[Any, ...]:
    return (text_of(value.get("input")) or "",)


def _client_version(value: Mapping[str, Any]) -> tuple[Any, ...]:
    """`b'SSH-2.0-Go'` and `SSH-2.0-Go` are one version."""
    version = text_of(value.get("version"))
    if version is not None and version.startswith("b") and version.isascii() and _BYTES_OF_PYTHON.fullmatch(version):
        try:
            written: bytes = ast.literal_eval(version)
        except (SyntaxError, ValueError):
            return (version,)
        return (written.decode("utf-8", "backslashreplace"),)
    return (version,)


def _hassh(value: Mapping[str, Any]) -> tuple[Any, ...]:
    return (text_of(value.get("hassh")),)


def _file(value: Mapping[str, Any]) -> tuple[Any, ...]:
    """Its SHA-256, name, url, destination and size.

    "`download_url` at most 1024, `filename` at most 512 characters, control characters and path parts removed"
    (DATA.md).
    """
    shasum = (text_of(value.get("shasum")) or "").strip().lower()
    size = value.get("size")
    destfile = text_of(value.get("destfile"))
    path = text_of(value.get("filename")) or destfile or ""
    name = _CONTROL.sub("", path[max(path.rfind("/"), path.rfind("\\")) + 1 :])
    return (
        shasum if _SHA256.fullmatch(shasum) else None,
        None if name in _NO_NAMES else name[:_FILENAME_LENGTH],
        _CONTROL.sub("", text_of(value.get("url")) or "")[:_URL_LENGTH] or None,
        destfile or None,
        size if type(size) is int and 0 <= size <= _HIGHEST_SIZE else None,
    )


def _closed(value: Mapping[str, Any]) -> tuple[Any, ...]:
    """ "`duration_ms` / 1000, or `duration` as number or numeric string" (DATA.md), in microseconds."""
    for key, unit in (("duration_ms", 1_000), ("duration", US_PER_SECOND)):
        try:
            duration = round(float(value[key]) * unit)
        except (KeyError, TypeError, ValueError, OverflowError):
            continue
        if 0 <= duration <= _LONGEST_DURATION_US and type(value[key]) is not bool:
            return (duration,)
    return (None,)


def _tunnel_request(value: Mapping[str, Any]) -> tuple[Any, ...]:
    """`dst_ip:dst_port`, an IPv6 address in brackets; of an event without an address, None."""
    address, port = text_of(value.get("dst_ip")), text_of(value.get("dst_port"))
    if not address:
        return (None,)
    host = f"[{address}]" if ":" in address and not address.startswith("[") else address
    return ((f"{host}:{port}" if port else host)[:_TARGET_LENGTH],)


NO_DETAILS = Details((), (), (), lambda _: ())
_LOGIN = Details(("username", "password"), (), ("username", "password"), _login)
COMMAND = Details(("command",), (), ("input",), _command)
_FILE_FIELDS = ("shasum", "filename", "url", "destfile")
_FILE = Details(_FILE_FIELDS, ("file_size",), _FILE_FIELDS, _file)
_OF_KIND = {
    CountsAs.COMMAND: COMMAND,
    CountsAs.LOGIN_SUCCESS: _LOGIN,
    CountsAs.LOGIN_FAILURE: _LOGIN,
    CountsAs.FILE_DOWNLOAD: _FILE,
    CountsAs.FILE_DOWNLOAD_FAILED: _FILE,
    CountsAs.FILE_UPLOAD: _FILE,
    CountsAs.CLOSED: Details((), ("duration_us",), (), _closed),
    CountsAs.TUNNEL_REQUEST: Details(("tunnel_target",), (), ("dst_ip",), _tunnel_request),
}
_OF_TYPE = {
    "cowrie.client.version": Details(("client_version",), (), ("version",), _client_version),
    "cowrie.client.kex": Details(("hassh",), (), ("hassh",), _hassh),
}


def details_of(event_type: str, kind: CountsAs) -> Details:
    """The details that such an event has."""
    return _OF_KIND.get(kind) or _OF_TYPE.get(event_type, NO_DETAILS)


ALL_DETAILS = tuple(dict.fromkeys((NO_DETAILS, *_OF_KIND.values(), *_OF_TYPE.values())))
"""Every kind there is, each once."""
