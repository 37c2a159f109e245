"""A report's numbers, counted once more in plain Python: slow, obvious, and sharing nothing with the SQL."""

import math
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from ipaddress import ip_network
from itertools import pairwise
from typing import Any

from cowrie_assets.cowrie.attack import TACTICS
from cowrie_assets.reports.periods import Period
from cowrie_assets_tests.reports.facts import Session, Verdicts
from cowrie_assets_tests.reports.recount_behaviour import (
    Numbered,
    abnormal,
    as_stored,
    begins,
    interesting,
    iso,
    typed,
)


def recount(
    sessions: Sequence[Session],
    period: Period,
    sensor: str | None,
    top: int = 10,
    verdicts: Verdicts | None = None,
    known_from: date = date.min,
) -> dict[str, Any]:
    """The sections of the document that tell of sessions, as DATA.md defines them; reasons by their number."""
    judged = verdicts or Verdicts()
    of_scope = [(number, s) for number, s in enumerate(sessions, 1) if sensor in (None, s.sensor)]
    numbered = [(number, s) for number, s in of_scope if period.start <= s.day < period.end]
    mine = [s for _, s in numbered]
    usernames, passwords, combinations = Counter[str](), Counter[str](), Counter[str]()
    commands, hashes, urls = Counter[str](), Counter[str](), Counter[str]()
    for session in mine:
        for login in session.logins:
            attempts = login.failures + login.successes
            if login.username is not None:
                usernames[login.username] += attempts
            if login.password is not None:
                passwords[login.password] += attempts
            if login.username is not None and login.password is not None:
                combinations[f"{login.username}:{login.password}"] += attempts
        commands.update(session.commands)
        for file in session.files:
            hashes[file.shasum] += file.downloads + file.uploads
            if file.url is not None and file.downloads:
                urls[file.url] += file.downloads
    numbers = sorted(typed(s) for s in mine)
    successes = sum(login.successes for s in mine for login in s.logins)
    failures = sum(login.failures for s in mine for login in s.logins)
    downloads = sum(s.unstored_downloads + sum(f.downloads for f in s.files) for s in mine)
    uploads = sum(f.uploads for s in mine for f in s.files)

    def best(counted: Counter[str]) -> list[dict[str, Any]]:
        ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
        return [{"value": value, "count": count} for value, count in ordered[:top]]

    def of_sessions(name: str) -> Counter[str]:
        return Counter(value for s in mine if (value := getattr(s, name)) is not None)

    return {
        "sessions": {
            "total": len(mine),
            "unique_ips": len(of_sessions("src_ip")),
            "closed": sum(s.closed for s in mine),
            "with_commands": sum(1 for count in numbers if count),
            "with_login_success": sum(1 for s in mine if any(login.successes for login in s.logins)),
            "protocols": dict(sorted(of_sessions("protocol").items())),
            "avg_commands": round(sum(numbers) / len(numbers), 2) if numbers else 0.0,
            "median_commands": nearest_rank(numbers, 50),
            "p95_commands": nearest_rank(numbers, 95),
            "max_commands": max(numbers, default=0),
            "min_commands": min(numbers, default=0),
            "avg_duration_seconds": round(sum(s.duration_us for s in mine) / len(mine) / 1e6, 2) if mine else 0.0,
            "login_attempts": successes + failures,
            "login_successes": successes,
            "login_failures": failures,
            "file_downloads": downloads,
            "file_uploads": uploads,
            "vt_flagged": sum(1 for s in mine if any(f.shasum in judged.malicious_files for f in s.files)),
            "dshield_flagged": sum(1 for s in mine if s.src_ip in judged.listed_ips),
            "commands_histogram": [
                {"from": least, "to": most, "sessions": sum(1 for n in numbers if n in classed(least, most))}
                for least, most in COMMAND_CLASSES
            ],
            "durations": durations([s.duration_us for s in mine]),
            "tunnel_requests": sum(s.tunnel_requests for s in mine),
            "with_tunnel_requests": sum(1 for s in mine if s.tunnel_requests),
            "by_protocol": [
                {"protocol": protocol, **of_protocol([s for s in mine if s.protocol == protocol])}
                for protocol in sorted({s.protocol for s in mine if s.protocol is not None})
            ],
        },
        "volume": volume(numbered, period),
        "heat_map": heat_map(of_scope, period),
        "credentials": {
            "unique_usernames": len(usernames),
            "unique_passwords": len(passwords),
            "top_usernames": best(usernames),
            "top_passwords": best(passwords),
            "top_combinations": best(combinations),
        },
        "commands": {
            "total": commands.total(),
            "unique": len(commands),
            "top_commands": best(commands),
            "high_risk_total": sum(n for c, n in commands.items() if judged.risky_commands.get(c, 0) >= 70),
            "top_last_commands": best(Counter(last_command(s) for s in mine if s.commands)),
        },
        "files": {
            "downloads": downloads,
            "downloads_failed": sum(s.failed_downloads for s in mine),
            "uploads": uploads,
            "unique_hashes": len(hashes),
            "top_hashes": best(hashes),
            "top_urls": best(urls),
            "vt_malicious": len(judged.malicious_files & hashes.keys()),
        },
        "sources": {
            "top_ips": best(of_sessions("src_ip")),
            "addresses": [address(each["value"], numbered) for each in best(of_sessions("src_ip"))],
            "unique_networks": len({network(s.src_ip) for s in mine if s.src_ip is not None}),
            "top_networks": best(Counter(network(s.src_ip) for s in mine if s.src_ip is not None)),
        },
        "clients": {"top_hassh": best(of_sessions("hassh")), "top_versions": best(of_sessions("version"))},
        "tunnels": {"unique_targets": 0, "top_targets": []},
        "techniques": without_techniques(period),
        "interesting": interesting(of_scope, numbered, period, judged, known_from),
        "abnormal": abnormal(numbered, period, judged),
    }


def without_techniques(period: Period) -> dict[str, Any]:
    """The section where nothing was mapped: what is stored here has no techniques."""
    days = [str(period.start + timedelta(days=day)) for day in range((period.end - period.start).days)]
    return {
        "attack_version": "19",
        "sessions": 0,
        "unique": 0,
        "items": [],
        "tactics": [{"tactic": tactic, "sessions": 0} for tactic in TACTICS],
        "by_day": None if period.report_type == "daily" else {"days": days, "tactics": []},
    }


def nearest_rank(ordered: Sequence[int], percent: int) -> int:
    """The value at place `ceil(percent / 100 * n)`, counted from one; 0 of nothing."""
    return ordered[math.ceil(percent / 100 * len(ordered)) - 1] if ordered else 0


COMMAND_CLASSES = ((0, 0), (1, 1), (2, 2), (3, 5), (6, 10), (11, 20), (21, 50), (51, 100), (101, None))
DURATION_BOUNDS = (0, 1, 5, 10, 30, 60, 300, 1800, None)


def classed(least: int, most: int | None) -> range:
    return range(least, 10**12 if most is None else most + 1)


def durations(all_us: Sequence[int]) -> dict[str, Any]:
    ordered = sorted(all_us)
    return {
        "min_seconds": round(ordered[0] / 1e6, 2) if ordered else 0.0,
        "median_seconds": round(nearest_rank(ordered, 50) / 1e6, 2),
        "p95_seconds": round(nearest_rank(ordered, 95) / 1e6, 2),
        "max_seconds": round(ordered[-1] / 1e6, 2) if ordered else 0.0,
        "mean_seconds": round(sum(ordered) / len(ordered) / 1e6, 2) if ordered else 0.0,
        "histogram": [
            {
                "from_seconds": begin,
                "to_seconds": end,
                "sessions": sum(1 for us in ordered if begin <= us / 1e6 and (end is None or us / 1e6 < end)),
            }
            for begin, end in pairwise(DURATION_BOUNDS)
        ],
    }


def of_protocol(sessions: Sequence[Session]) -> dict[str, Any]:
    successes = sum(login.successes for s in sessions for login in s.logins)
    return {
        "sessions": len(sessions),
        "with_login_success": sum(1 for s in sessions if any(login.successes for login in s.logins)),
        "with_commands": sum(1 for s in sessions if s.commands),
        **happened(sessions, login_successes=successes),
        "avg_duration_seconds": round(sum(s.duration_us for s in sessions) / len(sessions) / 1e6, 2),
    }


def happened(sessions: Sequence[Session], **more: int) -> dict[str, int]:
    return {
        "login_attempts": sum(login.failures + login.successes for s in sessions for login in s.logins),
        **more,
        "commands": sum(typed(s) for s in sessions),
        "file_downloads": sum(s.unstored_downloads + sum(f.downloads for f in s.files) for s in sessions),
        "file_uploads": sum(f.uploads for s in sessions for f in s.files),
    }


def volume(sessions: Sequence[Numbered], period: Period) -> dict[str, Any]:
    days = [period.start + timedelta(days=number) for number in range((period.end - period.start).days)]
    daily = period.report_type == "daily"
    starts = [f"{days[0]}T{hour:02}" for hour in range(24)] if daily else [day.isoformat() for day in days]
    items = []
    for start in starts:
        here = [each[1] for each in sessions if begins(each).isoformat().startswith(start)]
        items.append(
            {
                "start": f"{start}:00:00Z" if daily else f"{start}T00:00:00Z",
                "sessions": len(here),
                "ssh": sum(1 for s in here if s.protocol == "ssh"),
                "telnet": sum(1 for s in here if s.protocol == "telnet"),
                **happened(here),
            }
        )
    return {"by": "hour" if daily else "day", "items": items}


def heat_map(sessions: Sequence[Numbered], period: Period) -> dict[str, Any] | None:
    """Of the sessions of all periods: a week shows three more before it."""
    if period.report_type == "daily":
        return None
    start = period.start - timedelta(weeks=3) if period.report_type == "weekly" else period.start
    days = [start + timedelta(days=number) for number in range((period.end - start).days)]
    return {
        "start": f"{start}T00:00:00Z",
        "end": f"{period.end}T00:00:00Z",
        "weekdays": [
            {
                "weekday": name,
                "days": sum(f"{day:%A}" == name for day in days),
                "hours": [
                    sum(
                        each[1].day in days and f"{each[1].day:%A}" == name and begins(each).hour == hour
                        for each in sessions
                    )
                    for hour in range(24)
                ],
            }
            for name in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
        ],
    }


def address(ip: str, sessions: Sequence[Numbered]) -> dict[str, Any]:
    came = [each for each in sessions if each[1].src_ip == ip]
    done = happened([session for _, session in came])
    return {
        "address": ip,
        "network": network(ip),
        "sessions": len(came),
        "first_event_at": iso(min(map(begins, came))),
        "last_event_at": iso(max(begins(each) + timedelta(microseconds=each[1].duration_us) for each in came)),
        "login_attempts": done["login_attempts"],
        "login_successes": sum(login.successes for _, session in came for login in session.logins),
        "commands": done["commands"],
        "files": len({file.shasum for _, session in came for file in session.files}),
    }


def last_command(session: Session) -> str:
    return min(session.commands, key=lambda command: (-session.seen.get(command, (0, 0))[1], as_stored(command)))


def network(address: str) -> str:
    return str(ip_network(f"{address}/{48 if ':' in address else 24}", strict=False))
