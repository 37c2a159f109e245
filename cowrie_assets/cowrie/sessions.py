"""Which session an event belongs to."""

import re
from collections.abc import Mapping
from enum import IntEnum
from typing import Any


class Matcher(IntEnum):
    """The rule that found the session id. The numbers are stored; `sql/views/` gives them their names."""

    FULL_DELIMITED = 1
    SESSION_ID_ONLY = 2
    EVENT_SESSION = 3


_KEYS = ("session_id", "sessionid", "sessionID", "sid")
SESSION_FIELDS = ("session", *_KEYS)
"""The fields that may name an event's session; where none does, `message` may."""
_IN_MESSAGE = re.compile(r"\bsession(?:=|: ?| )([0-9a-fA-F]{8,})(?![0-9a-zA-Z])")


def session_of(event: Mapping[str, Any]) -> tuple[Matcher, str] | None:
    """The first matcher that fits, and the session id it found; None where the event has none. Never by `uuid`."""
    session = event.get("session")
    if type(session) is str and session:
        return (Matcher.FULL_DELIMITED if "-" in session and "/" in session else Matcher.SESSION_ID_ONLY), session
    if type(session) is int:
        return Matcher.SESSION_ID_ONLY, str(session)
    for key in _KEYS:
        value = event.get(key)
        if (type(value) is str and value) or type(value) is int:
            return Matcher.EVENT_SESSION, str(value)
    message = event.get("message")
    found = _IN_MESSAGE.search(message) if type(message) is str else None
    return (Matcher.EVENT_SESSION, found[1]) if found else None
