"""The sections that count: sessions, volume, credentials, commands, files, sources, clients."""

import ipaddress
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from cowrie_assets.cowrie.rule_set import rule_set
from cowrie_assets_tests.reports.golden.evidence import Event, Session
from cowrie_assets_tests.reports.golden.view import DAY, View, days_between, midnight

COMMAND_CLASSES = ((0, 0), (1, 1), (2, 2), (3, 5), (6, 10), (11, 20), (21, 50), (51, 100), (101, None))
DURATION_CLASSES = ((0, 1), (1, 5), (5, 10), (10, 30), (30, 60), (60, 300), (300, 1800), (1800, None))
SECOND = 1_000_000

risk = cache(rule_set().risk.score)


def best(counted: Mapping[str, int], top: int) -> list[dict[str, Any]]:
    """ "By count descending, then value; the whole N where there are so many" (DATA.md)."""
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [{"value": value, "count": count} for value, count in ordered[:top]]


def average(total: float, count: int) -> float:
    return round(total / count, 2) if count else 0.0


def nearest_rank(ordered: Sequence[int], percent: int) -> int:
    """The value at place `ceil(percent / 100 * n)`, counted from one; 0 of nothing."""
    return ordered[math.ceil(percent * len(ordered) / 100) - 1] if ordered else 0


@cache
def network(address: str | None) -> str | None:
    """Its /24 or /48; an IPv4 address written as an IPv6 one is an IPv4 address, and a zone belongs to no address."""
    try:
        parsed = ipaddress.ip_address((address or "").partition("%")[0].removeprefix("::ffff:"))
    except ValueError:
        return None
    return str(ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 48), strict=False))


# --------------------------------------------------------------------------------------- what is counted, of sessions


def of_sessions(sessions: Iterable[Session], value: Callable[[Session], str | None]) -> Counter[str]:
    return Counter(found for session in sessions if (found := value(session)) is not None)


def ips(sessions: Iterable[Session]) -> Counter[str]:
    return of_sessions(sessions, lambda session: session.src_ip)


def networks(sessions: Iterable[Session]) -> Counter[str]:
    return of_sessions(sessions, lambda session: network(session.src_ip))


def usernames(sessions: Iterable[Session]) -> Counter[str]:
    return _attempts(sessions, lambda username, _: username)


def passwords(sessions: Iterable[Session]) -> Counter[str]:
    return _attempts(sessions, lambda _, password: password)


def combinations(sessions: Iterable[Session]) -> Counter[str]:
    return _attempts(sessions, lambda user, word: None if user is None or word is None else f"{user}:{word}")


def _attempts(sessions: Iterable[Session], value: Callable[[str | None, str | None], str | None]) -> Counter[str]:
    counted = Counter[str]()
    for session in sessions:
        for login, attempts in session.logins.items():
            if (found := value(*login)) is not None:
                counted[found] += attempts
    return counted


def commands(sessions: Iterable[Session]) -> Counter[str]:
    counted = Counter[str]()
    for session in sessions:
        for text, command in session.commands.items():
            counted[text] += command.occurrences
    return counted


def hashes(sessions: Iterable[Session]) -> Counter[str]:
    counted = Counter[str]()
    for session in sessions:
        for shasum, file in session.files.items():
            counted[shasum] += file.downloads + file.uploads
    return counted


def urls(sessions: Iterable[Session]) -> Counter[str]:
    """Downloads by the `download_url` of their row of `files`."""
    counted = Counter[str]()
    for session in sessions:
        for file in session.files.values():
            if file.url is not None and file.downloads:
                counted[file.url] += file.downloads
    return counted


# ----------------------------------------------------------------------------------------------------------- sections


def sessions_section(view: View) -> dict[str, Any]:
    sessions = view.sessions
    typed = sorted(session.command_count for session in sessions)
    successes, failures = events(sessions, "login.success"), events(sessions, "login.failed")
    tunnels = [session.counts["direct-tcpip.request"] for session in sessions]
    return {
        "total": len(sessions),
        "unique_ips": len(ips(sessions)),
        "closed": sum(session.closed for session in sessions),
        "with_commands": sum(1 for count in typed if count),
        "with_login_success": sum(1 for session in sessions if session.login_successes),
        "protocols": dict(of_sessions(sessions, lambda session: session.protocol)),
        "avg_commands": average(sum(typed), len(sessions)),
        "median_commands": nearest_rank(typed, 50),
        "p95_commands": nearest_rank(typed, 95),
        "max_commands": max(typed, default=0),
        "min_commands": min(typed, default=0),
        "avg_duration_seconds": _mean_seconds(sessions),
        "login_attempts": successes + failures,
        "login_successes": successes,
        "login_failures": failures,
        "file_downloads": events(sessions, "session.file_download"),
        "file_uploads": events(sessions, "session.file_upload"),
        "vt_flagged": sum(any(map(view.evidence.is_malicious, session.files)) for session in sessions),
        "dshield_flagged": sum(view.evidence.ip_verdicts.get(session.src_ip or "", False) for session in sessions),
        "commands_histogram": [
            {
                "from": low,
                "to": high,
                "sessions": sum(low <= count and (high is None or count <= high) for count in typed),
            }
            for low, high in COMMAND_CLASSES
        ],
        "durations": _durations(sessions),
        "tunnel_requests": sum(tunnels),
        "with_tunnel_requests": sum(1 for count in tunnels if count),
        "by_protocol": [
            _of_protocol(name, [session for session in sessions if session.protocol == name])
            for name in sorted(of_sessions(sessions, lambda session: session.protocol))
        ],
    }


def _durations(sessions: Sequence[Session]) -> dict[str, Any]:
    lasted = sorted(session.duration_us for session in sessions)
    return {
        "min_seconds": round(min(lasted, default=0) / SECOND, 2),
        "median_seconds": round(nearest_rank(lasted, 50) / SECOND, 2),
        "p95_seconds": round(nearest_rank(lasted, 95) / SECOND, 2),
        "max_seconds": round(max(lasted, default=0) / SECOND, 2),
        "mean_seconds": _mean_seconds(sessions),
        "histogram": [
            {
                "from_seconds": low,
                "to_seconds": high,
                "sessions": sum(low <= us / SECOND < (high or math.inf) for us in lasted),
            }
            for low, high in DURATION_CLASSES
        ],
    }


def _of_protocol(name: str, sessions: Sequence[Session]) -> dict[str, Any]:
    successes = events(sessions, "login.success")
    return {
        "protocol": name,
        "sessions": len(sessions),
        "with_login_success": sum(1 for session in sessions if session.login_successes),
        "with_commands": sum(1 for session in sessions if session.command_count),
        "login_attempts": successes + events(sessions, "login.failed"),
        "login_successes": successes,
        "commands": events(sessions, "command.input"),
        "file_downloads": events(sessions, "session.file_download"),
        "file_uploads": events(sessions, "session.file_upload"),
        "avg_duration_seconds": _mean_seconds(sessions),
    }


def _mean_seconds(sessions: Sequence[Session]) -> float:
    return average(sum(session.duration_us for session in sessions), len(sessions) * SECOND)


def events(sessions: Iterable[Session], kind: str) -> int:
    """How many of a kind they have."""
    return sum(session.counts[kind] for session in sessions)


def volume(view: View) -> dict[str, Any]:
    hourly = view.report_type == "daily"
    step = timedelta(hours=1) if hourly else DAY
    starts = [midnight(view.start) + number * step for number in range((view.end - view.start) // step)]
    return {"by": "hour" if hourly else "day", "items": [_volume_item(view, start, start + step) for start in starts]}


def _volume_item(view: View, start: datetime, end: datetime) -> dict[str, Any]:
    sessions = [session for session in view.sessions if start <= session.first_at < end]
    return {
        "start": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "sessions": len(sessions),
        "ssh": sum(session.protocol == "ssh" for session in sessions),
        "telnet": sum(session.protocol == "telnet" for session in sessions),
        "login_attempts": events(sessions, "login.success") + events(sessions, "login.failed"),
        "commands": events(sessions, "command.input"),
        "file_downloads": events(sessions, "session.file_download"),
        "file_uploads": events(sessions, "session.file_upload"),
    }


def heat_map(view: View) -> dict[str, Any] | None:
    """Sessions by weekday and hour: of the month, or of the week and the three before it."""
    if view.report_type == "daily":
        return None
    start = view.start - 21 * DAY if view.report_type == "weekly" else view.start
    days = days_between(start, view.end)
    begun = Counter((f"{each.first_at:%A}", each.first_at.hour) for each in view.sessions_of(days))
    return {
        "start": f"{start}T00:00:00Z",
        "end": f"{view.end}T00:00:00Z",
        "weekdays": [
            {
                "weekday": name,
                "days": len([day for day in days if f"{day:%A}" == name]),
                "hours": [begun[name, hour] for hour in range(24)],
            }
            for name in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
        ],
    }


def credentials(view: View) -> dict[str, Any]:
    return {
        "unique_usernames": len(usernames(view.sessions)),
        "unique_passwords": len(passwords(view.sessions)),
        "top_usernames": best(usernames(view.sessions), view.top),
        "top_passwords": best(passwords(view.sessions), view.top),
        "top_combinations": best(combinations(view.sessions), view.top),
    }


def commands_section(view: View) -> dict[str, Any]:
    typed = commands(view.sessions)
    return {
        "total": typed.total(),
        "unique": len(typed),
        "top_commands": best(typed, view.top),
        "high_risk_total": high_risk(view.sessions),
        "top_last_commands": best(of_sessions(view.sessions, lambda session: session.last_command), view.top),
    }


def high_risk(sessions: Iterable[Session]) -> int:
    """Occurrences of commands that score 70 or more."""
    return sum(count for command, count in commands(sessions).items() if risk(command) >= 70)


def files(view: View) -> dict[str, Any]:
    return {
        "downloads": events(view.sessions, "session.file_download"),
        "downloads_failed": events(view.sessions, "session.file_download.failed"),
        "uploads": events(view.sessions, "session.file_upload"),
        "unique_hashes": len(hashes(view.sessions)),
        "top_hashes": best(hashes(view.sessions), view.top),
        "top_urls": best(urls(view.sessions), view.top),
        "vt_malicious": sum(map(view.evidence.is_malicious, hashes(view.sessions))),
    }


def sources(view: View) -> dict[str, Any]:
    found = networks(view.sessions)
    return {
        "top_ips": best(ips(view.sessions), view.top),
        "addresses": [_address(view, item["value"]) for item in best(ips(view.sessions), view.top)],
        "unique_networks": len(found),
        "top_networks": best(found, view.top),
    }


def _address(view: View, ip: str) -> dict[str, Any]:
    sessions = [session for session in view.sessions if session.src_ip == ip]
    successes = events(sessions, "login.success")
    return {
        "address": ip,
        "network": network(ip),
        "sessions": len(sessions),
        "first_event_at": f"{min(each.first_at for each in sessions):%Y-%m-%dT%H:%M:%S.%fZ}",
        "last_event_at": f"{max(each.last_at for each in sessions):%Y-%m-%dT%H:%M:%S.%fZ}",
        "login_attempts": successes + events(sessions, "login.failed"),
        "login_successes": successes,
        "commands": events(sessions, "command.input"),
        "files": len({shasum for session in sessions for shasum in session.files}),
    }


def tunnel_target(event: Event) -> str | None:
    """What a request asks for, `dst_ip:dst_port`; None of any other event."""
    if event.kind != "direct-tcpip.request" or not event.fields.get("dst_ip"):
        return None
    host, port = str(event.fields["dst_ip"]), event.fields.get("dst_port")
    host = f"[{host}]" if ":" in host else host
    return host if port is None else f"{host}:{port}"


def tunnels(view: View) -> dict[str, Any]:
    """Requests by `dst_ip:dst_port`."""
    asked = (tunnel_target(event) for session in view.sessions for event in session.events)
    targets = Counter(target for target in asked if target)
    return {"unique_targets": len(targets), "top_targets": best(targets, view.top)}


def clients(view: View) -> dict[str, Any]:
    return {
        "top_hassh": best(of_sessions(view.sessions, lambda session: session.hassh), view.top),
        "top_versions": best(of_sessions(view.sessions, lambda session: session.client_version), view.top),
    }
