"""A report's numbers, counted once more in plain Python: slow, obvious, and sharing nothing with the SQL."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from cowrie_assets.reports.periods import Period
from cowrie_assets_tests.reports.facts import Session, Verdicts


def recount(
    sessions: Sequence[Session], period: Period, sensor: str | None, top: int = 10, verdicts: Verdicts | None = None
) -> dict[str, Any]:
    """The sections of the document, as DATA.md defines them."""
    judged = verdicts or Verdicts()
    mine = [s for s in sessions if period.start <= s.day < period.end and sensor in (None, s.sensor)]
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
    typed = sorted(sum(s.commands.values()) for s in mine)
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
            "with_commands": sum(1 for count in typed if count),
            "with_login_success": sum(1 for s in mine if any(login.successes for login in s.logins)),
            "protocols": dict(sorted(of_sessions("protocol").items())),
            "avg_commands": round(sum(typed) / len(typed), 2) if typed else 0.0,
            "median_commands": nearest_rank(typed, 50),
            "p95_commands": nearest_rank(typed, 95),
            "max_commands": max(typed, default=0),
            "min_commands": min(typed, default=0),
            "avg_duration_seconds": round(sum(s.duration_us for s in mine) / len(mine) / 1e6, 2) if mine else 0.0,
            "login_attempts": successes + failures,
            "login_successes": successes,
            "login_failures": failures,
            "file_downloads": downloads,
            "file_uploads": uploads,
            "vt_flagged": sum(1 for s in mine if any(f.shasum in judged.malicious_files for f in s.files)),
            "dshield_flagged": sum(1 for s in mine if s.src_ip in judged.listed_ips),
        },
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
        "sources": {"top_ips": best(of_sessions("src_ip"))},
        "clients": {"top_hassh": best(of_sessions("hassh")), "top_versions": best(of_sessions("version"))},
    }


def nearest_rank(ordered: Sequence[int], percent: int) -> int:
    """The value at place `ceil(percent / 100 * n)`, counted from one; 0 of nothing."""
    return ordered[math.ceil(percent / 100 * len(ordered)) - 1] if ordered else 0
