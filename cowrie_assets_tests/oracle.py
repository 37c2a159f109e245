"""The truth, counted a second time by a program that shares no line with the product.

Plain dictionaries, no database, nothing incremental. Takes whole JSON lines (as bytes) with the sensor of the folder
that each lay in; gives the rows that every load must end with.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

LOGINS = {"cowrie.login.success": 1, "cowrie.login.failed": 0}


def distinct_events(lines: Iterable[tuple[str, bytes]]) -> list[dict[str, Any]]:
    """Each distinct event once, with `_sensor` and `_at` added."""
    seen: dict[str, dict[str, Any]] = {}
    for folder, line in lines:
        event = json.loads(line)
        sensor = event.get("sensor") or folder
        written = datetime.fromisoformat(event["timestamp"])
        moment = (written if written.tzinfo else written.replace(tzinfo=UTC)).astimezone(UTC)
        key = sensor + "\0" + json.dumps(event, sort_keys=True)
        seen[key] = {**event, "_sensor": sensor, "_at": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
    return list(seen.values())


def session_rows(events: Iterable[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    """`{(sensor, session): counts and times}`."""
    sessions: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for event in events:
        if event.get("session"):
            sessions[event["_sensor"], str(event["session"])].append(event)
    return {key: _session(group) for key, group in sessions.items()}


def _session(group: list[dict[str, Any]]) -> dict[str, Any]:
    group = sorted(group, key=lambda event: event["_at"])
    kinds = Counter(event["eventid"] for event in group)
    with_ip = [event["src_ip"] for event in group if event.get("src_ip")]
    return {
        "event_count": len(group),
        "command_count": sum(event["eventid"] == "cowrie.command.input" and "realm" not in event for event in group),
        "login_successes": kinds["cowrie.login.success"],
        "login_failures": kinds["cowrie.login.failed"],
        "file_downloads": sum(
            event["eventid"] == "cowrie.session.file_download" and not {"realm", "input"} & event.keys()
            for event in group
        ),
        "file_uploads": kinds["cowrie.session.file_upload"],
        "closed": int(kinds["cowrie.session.closed"] > 0),
        "first_event_at": group[0]["_at"],
        "last_event_at": group[-1]["_at"],
        "src_ip": with_ip[0] if with_ip else None,
    }


def command_rows(events: Iterable[dict[str, Any]]) -> Counter[tuple[str, str, str]]:
    """`{(sensor, session, command): occurrences}`."""
    return Counter(
        (event["_sensor"], str(event["session"]), event["input"])
        for event in events
        if event["eventid"] == "cowrie.command.input" and "realm" not in event and event.get("session")
    )


def login_rows(events: Iterable[dict[str, Any]]) -> dict[tuple[str, str, str | None, str | None], tuple[int, int]]:
    """`{(sensor, session, username, password): (attempts, successes)}`."""
    attempts: Counter[tuple[str, str, str | None, str | None]] = Counter()
    successes: Counter[tuple[str, str, str | None, str | None]] = Counter()
    for event in events:
        if event["eventid"] in LOGINS and event.get("session"):
            key = (event["_sensor"], str(event["session"]), event.get("username"), event.get("password"))
            attempts[key] += 1
            successes[key] += LOGINS[event["eventid"]]
    return {key: (count, successes[key]) for key, count in attempts.items()}


def file_rows(events: Iterable[dict[str, Any]]) -> Counter[tuple[str, str, str]]:
    """`{(sensor, session, shasum): occurrences}`."""
    counted = {"cowrie.session.file_download", "cowrie.session.file_upload"}
    return Counter(
        (event["_sensor"], str(event["session"]), event["shasum"].strip().lower())
        for event in events
        if event["eventid"] in counted
        and not (event["eventid"].endswith("download") and ("realm" in event or "input" in event))
        and len(event.get("shasum", "").strip()) == 64
        and event.get("session")
    )
