"""Taking passwords and addresses out of an event: each is hashed with a key, or dropped for a word that stands for all.

What a login typed (`username`, `password`: people type one in the place of the other) and where an event came from
(`src_ip`) are values of fields. Where they stand once more in what no column is made of (`message`, `system`), they go
there, too. What attackers typed as commands, and the URLs, files and targets that they named, stays as it is.

A treated event is the event that its treated JSON makes, with the identity that follows from it. The identity of what
Cowrie wrote is not kept: it is a digest without a key, and whoever knows the rest of an event finds its address by
trying all there are. So an event that is read again is treated before it is compared with what is stored.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from cowrie_assets.cowrie.address_networks import network_of
from cowrie_assets.cowrie.details import ALL_DETAILS, text_of
from cowrie_assets.cowrie.identity import canonical_json, digest_of_content
from cowrie_assets.cowrie.sessions import SESSION_FIELDS, session_of

DROPPED = "dropped"
"""Stands for every value that was dropped, and for a dead letter's content."""
COPY = "privacy_copy"
"""The field that tells events apart that are one without what was dropped: 2 for the second of them."""
LEAST_KEY = 16
"""Characters that a key has at least."""
_MAPPED = "::ffff:"
_NO_TEXTS = (dict, list)
_CREDENTIALS = ("username", "password")
_READ = frozenset(
    {
        *("eventid", "timestamp", "sensor", "uuid", "protocol", "src_ip", "src_port", "dst_port", "realm", "size"),
        *("duration", "duration_ms", COPY),
        *SESSION_FIELDS,
        *(name for details in ALL_DETAILS for name in details.fields),
    }
)
"""Fields that identity and columns are made of."""


class Personal(IntEnum):
    """What is treated by itself, past an age of its own."""

    PASSWORDS = 1
    """What logins typed: user names and passwords."""
    ADDRESSES = 2
    """Source addresses."""


class Way(IntEnum):
    """What is put in the place of a value."""

    HASH = 1
    """`hash-` and a keyed digest: equal values stay equal, and nobody without the key finds them by trying."""
    DROP = 2
    """The word DROPPED."""


@dataclass(frozen=True, slots=True)
class Key:
    """What values are hashed with."""

    secret: bytes = field(repr=False)

    @property
    def mark(self) -> bytes:
        """8 bytes that tell this key from another one."""
        return hmac.digest(self.secret, b"key\0", "sha256")[:8]

    def digits(self, of: str, text: str, count: int) -> str:
        """So many hexadecimal digits of the HMAC-SHA256 of `of`, a NUL and `text`."""
        content = f"{of}\0{text}".encode("utf-8", "surrogatepass")
        return hmac.digest(self.secret, content, "sha256").hex()[:count]


@dataclass(frozen=True, slots=True)
class Treatment:
    """What is hashed, with which key, and what is dropped (None)."""

    keys: Mapping[Personal, Key | None]

    def text(self, kind: Personal, text: str) -> str:
        """What stands in the place of a user name, password or address that is not empty.

        A hashed address begins with what stands for its network, so that networks can be counted still. What is no
        address (`0x7f000001`) lies in none, before and after.
        """
        key = self.keys[kind]
        if key is None:
            return DROPPED
        if kind is Personal.PASSWORDS:
            return f"hash-{key.digits('password', text, 20)}"
        network = network_of(text)
        of_network = "" if network is None else f"{key.digits('network', network, 12)}-"
        return f"hash-{of_network}{key.digits('address', text, 20)}"

    def event(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """An event without what is treated; its session is the same."""
        treated = dict(value)
        if Personal.PASSWORDS in self.keys:
            self._treat_login(treated)
        if Personal.ADDRESSES in self.keys:
            self._treat_address(treated)
        session = session_of(value)
        if session is not None and session_of(treated) != session:
            treated["message"] = f"session {session[1]}"
        return treated

    def _treat_login(self, value: dict[str, Any]) -> None:
        typed = [name for name in _CREDENTIALS if value.get(name) is not None]
        for name in typed:
            text = text_of(value[name])
            value[name] = type(value[name])() if text is None else self.text(Personal.PASSWORDS, text)
        if typed:  # it repeats them in forms of its own: quoted, escaped, as Python writes bytes
            value.pop("message", None)

    def _treat_address(self, value: dict[str, Any]) -> None:
        address = value.get("src_ip")
        if isinstance(address, _NO_TEXTS):
            value["src_ip"] = type(address)()
            return
        text = text_of(address)
        if not text:
            return
        treated = self.text(Personal.ADDRESSES, text)
        forms = [text, *([text[len(_MAPPED) :]] if text.lower().startswith(_MAPPED) else [])]
        for name in value.keys() - _READ:
            value[name] = _replaced(value[name], forms, treated)
        value["src_ip"] = treated


@dataclass(frozen=True, slots=True)
class TreatedEvent:
    """What is stored of a treated event."""

    identity: bytes
    text: bytes
    """Its JSON, as UTF-8."""


def treated_event(value: Mapping[str, Any], treatment: Treatment, folder: str, identity: bytes) -> TreatedEvent:
    """An event of a log that was first read in a folder of this name as it is stored treated. `identity` is any that it
    had: the time as written, with which it begins, stays."""
    return _stored(treatment.event(value), folder, identity)


def as_copy(treated: TreatedEvent, value: Mapping[str, Any], folder: str, number: int) -> TreatedEvent:
    """The event of the treated `value` as the one of this number of those that are equal to it."""
    return treated if number == 1 else _stored({**value, COPY: number}, folder, treated.identity)


def _stored(value: dict[str, Any], folder: str, identity: bytes) -> TreatedEvent:
    own = value.get("sensor")
    text = canonical_json(value)
    return TreatedEvent(identity[:4] + digest_of_content(own if isinstance(own, str) and own else folder, text), text)


def _replaced(value: object, forms: list[str], treated: str) -> object:
    """A JSON value in whose texts an address stands no more."""
    if isinstance(value, str):
        for form in forms:
            value = value.replace(form, treated)
        return value
    if isinstance(value, list):
        return [_replaced(each, forms, treated) for each in value]
    if isinstance(value, dict):
        return {name: _replaced(each, forms, treated) for name, each in value.items()}
    return value
