"""The rows that events give, counted a second time: plain dictionaries, no database, nothing incremental.

It shares no line with what it is compared with, and imports nothing of the project: `validate --sample` has sessions of
the warehouse counted here, and the tests everything. Events are whole JSON objects, with the sensor of the folder that
each lay in; the rules are those of the data contract (DATA.md).
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

LOGINS = {"cowrie.login.success": 1, "cowrie.login.failed": 0}
_OF_2015 = {
    **dict.fromkeys(("KIPP0002", "COW0002"), "cowrie.login.success"),
    **dict.fromkeys(("KIPP0003", "COW0003"), "cowrie.login.failed"),
    **dict.fromkeys(("KIPP0007", "COW0007"), "cowrie.session.file_download"),
    **dict.fromkeys(("KIPP0011", "COW0011"), "cowrie.session.closed"),
}
"""Event ids of 2015 that count as anything."""
_FILES = ("cowrie.session.file_download", "cowrie.session.file_upload")
_SHA256 = re.compile(r"[0-9a-f]{64}")

Event = dict[str, Any]
"""An event as written, with `_sensor` and `_at`."""


def distinct_events(lines: Iterable[tuple[str, bytes]]) -> list[Event]:
    """Each distinct event once, of lines with the folder that each lay in."""
    seen: dict[str, Event] = {}
    for folder, line in lines:
        event = json.loads(line)
        sensor = event.get("sensor") or folder
        seen[sensor + "\0" + json.dumps(event, sort_keys=True)] = known_event(event, sensor)
    return list(seen.values())


def known_event(event: dict[str, Any], sensor: str) -> Event:
    """An event with its sensor and its time in UTC."""
    written = datetime.fromisoformat(event["timestamp"])
    moment = (written if written.tzinfo else written.replace(tzinfo=UTC)).astimezone(UTC)
    return {**event, "_sensor": sensor, "_at": moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"}


def session_rows(events: Iterable[Event]) -> dict[tuple[str, str], dict[str, Any]]:
    """`{(sensor, session): counts and times}`, of the events that name their session as Cowrie does."""
    sessions: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in events:
        if event.get("session"):
            sessions[event["_sensor"], str(event["session"])].append(event)
    return {key: session_row(group) for key, group in sessions.items()}


def session_row(events: Iterable[Event]) -> dict[str, Any]:
    """Counts and times of one session's events."""
    group = sorted(events, key=lambda event: str(event["_at"]))
    kinds = Counter(map(_kind, group))
    return {
        "event_count": len(group),
        "command_count": sum(map(_is_command, group)),
        "login_successes": kinds["cowrie.login.success"],
        "login_failures": kinds["cowrie.login.failed"],
        "file_downloads": sum(_kind(event) == _FILES[0] and _is_file(event) for event in group),
        "file_downloads_failed": kinds["cowrie.session.file_download.failed"],
        "file_uploads": kinds["cowrie.session.file_upload"],
        "closed": int(kinds["cowrie.session.closed"] > 0),
        "first_event_at": group[0]["_at"],
        "last_event_at": group[-1]["_at"],
        "src_ip": first_addresses(group)[0],
    }


def first_addresses(events: Iterable[Event]) -> list[str | None]:
    """The addresses of the earliest of some events that have one, in their order; None alone where none has."""
    found = [(str(event["_at"]), address) for event in events if (address := _text(event.get("src_ip")))]
    earliest = min((at for at, _ in found), default="")
    return [address for at, address in found if at == earliest] or [None]


def command_rows(events: Iterable[Event]) -> Counter[tuple[str, str, str]]:
    """`{(sensor, session, command): occurrences}`."""
    of_sessions = _of_sessions(events)
    return Counter((*key, _text(event.get("input")) or "") for key, event in of_sessions if _is_command(event))


def login_rows(events: Iterable[Event]) -> dict[tuple[str, str, str | None, str | None], tuple[int, int]]:
    """`{(sensor, session, username, password): (attempts, successes)}`."""
    attempts: Counter[tuple[str, str, str | None, str | None]] = Counter()
    successes: Counter[tuple[str, str, str | None, str | None]] = Counter()
    for key, event in _of_sessions(events):
        if (kind := _kind(event)) in LOGINS:
            login = (*key, _text(event.get("username")), _text(event.get("password")))
            attempts[login] += 1
            successes[login] += LOGINS[kind]
    return {login: (count, successes[login]) for login, count in attempts.items()}


def file_rows(events: Iterable[Event]) -> Counter[tuple[str, str, str]]:
    """`{(sensor, session, shasum): occurrences}`."""
    found = (
        (*key, (_text(event.get("shasum")) or "").strip().lower())
        for key, event in _of_sessions(events)
        if _is_file(event)
    )
    return Counter(row for row in found if _SHA256.fullmatch(row[2]))


def _of_sessions(events: Iterable[Event]) -> Sequence[tuple[tuple[str, str], Event]]:
    return [((event["_sensor"], str(event["session"])), event) for event in events if event.get("session")]


def _kind(event: Event) -> str:
    eventid: str = event["eventid"]
    return _OF_2015.get(eventid, eventid)


def _is_command(event: Event) -> bool:
    return (
        _kind(event) == "cowrie.command.input"
        and "realm" not in event
        and not isinstance(event.get("input"), dict | list)
    )


def _is_file(event: Event) -> bool:
    return _kind(event) in _FILES and not (_kind(event) == _FILES[0] and {"realm", "input"} & event.keys())


def _text(value: object) -> str | None:
    """A value as text: numbers written out; an object or a list is none."""
    return None if value is None or isinstance(value, dict | list) else str(value)
