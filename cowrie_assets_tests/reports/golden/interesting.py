"""The `interesting` section: what a session scores for, and which one stands for all that behaved alike."""

from collections import defaultdict
from collections.abc import Hashable
from typing import Any

from cowrie_assets_tests.reports.golden import compared, counted
from cowrie_assets_tests.reports.golden.evidence import Session, as_stored
from cowrie_assets_tests.reports.golden.view import View

MOST = 20
SAMPLES = 5
RISK_OF = {
    "login.failed": 10,
    "login.success": 25,
    "session.file_download.failed": 60,
    "session.file_download": 60,
    "session.file_upload": 70,
}
"""What a session's risk is at least (docs/RISK.md)."""

Reason = tuple[int, list[int]]
"""Points, and the numbers in the words for them."""


def interesting(view: View) -> list[dict[str, Any]]:
    """All but the words of the reasons: of those the numbers."""
    fresh = set(compared.fresh(view, counted.hashes)), set(compared.fresh(view, compared.normal_forms))
    groups: dict[Hashable, list[Session]] = defaultdict(list)
    for session in view.sessions:
        if _qualifies(session):
            groups[_behaviour(session)].append(session)
    found = []
    for alike in groups.values():
        judged = [(session, _reasons(view, session, len(alike), *fresh)) for session in alike]
        best, reasons = min(judged, key=_place)
        found.append((_place((best, reasons)), _listed(best, len(alike), reasons)))
    return [session for _, session in sorted(found, key=lambda each: each[0])[:MOST]]


def risk_of(session: Session) -> int:
    """The greatest of its events' and of its commands'."""
    of_events = [risk for kind, risk in RISK_OF.items() if session.counts[kind]]
    return max([0, *of_events, *map(counted.risk, session.commands)])


def _qualifies(session: Session) -> bool:
    kinds = ("login.success", "command.input", "session.file_download", "session.file_upload", "direct-tcpip.request")
    return any(session.counts[kind] for kind in kinds)


def _behaviour(session: Session) -> Hashable:
    """The normal forms that it typed; the number of its files, the least and the greatest of them."""
    files = sorted(session.files)
    return frozenset(map(compared.normal_form, session.commands)), len(files), *files[:1], *files[-1:]


def _reasons(view: View, session: Session, alike: int, new_files: set[str], new_forms: set[str]) -> list[Reason]:
    """The heaviest first."""
    malicious = sum(map(view.evidence.is_malicious, session.files))
    brought = sum(shasum in new_files for shasum in session.files)
    typed = len(session.commands)
    new_typed = sum(compared.normal_form(command) in new_forms for command in session.commands)
    others, minutes = alike - 1, session.duration_us // 60_000_000
    look_back = [] if view.look_back_days is None else [view.look_back_days]
    risk = risk_of(session)
    uploads, downloads = session.counts["session.file_upload"], session.counts["session.file_download"]
    tunnels = session.counts["direct-tcpip.request"]
    reasons: list[Reason] = [
        (risk // 4, [risk, 100]),
        (15 if malicious else 0, [malicious]),
        (10 if brought else 0, [brought, *look_back]),
        (10 if others == 0 else 0, []),
        (5 if others in (1, 2) else 0, [others]),
        (min(typed, 10), [typed]),
        (8 if uploads else 0, [uploads]),
        (7 if tunnels else 0, [tunnels]),
        (5 if downloads else 0, [downloads]),
        (5 if new_typed else 0, [new_typed, *look_back]),
        (5 if typed >= 5 and session.duration_us >= 300_000_000 else 0, [minutes]),
    ]
    return sorted((reason for reason in reasons if reason[0]), key=lambda reason: -reason[0])


def _place(judged: tuple[Session, list[Reason]]) -> tuple[Any, ...]:
    """The best score first, then the earliest, then by sensor and session id."""
    session, reasons = judged
    return -_score(reasons), session.first_at, session.sensor, session.session_id


def _score(reasons: list[Reason]) -> int:
    return sum(points for points, _ in reasons)


def _listed(session: Session, alike: int, reasons: list[Reason]) -> dict[str, Any]:
    username, password = session.login
    commands = sorted(session.commands, key=lambda text: (session.commands[text].first_at, as_stored(text)))
    shasums = sorted(session.files, key=lambda shasum: (session.files[shasum].first_at, shasum))
    return {
        "sensor": session.sensor,
        "session_id": session.session_id,
        "src_ip": session.src_ip,
        "protocol": session.protocol,
        "first_event_at": f"{session.first_at:%Y-%m-%dT%H:%M:%S.%fZ}",
        "duration_seconds": round(session.duration_us / 1_000_000, 2),
        "username": username,
        "password": password,
        "client_version": session.client_version,
        "commands": session.command_count,
        "login_successes": session.login_successes,
        "file_downloads": session.counts["session.file_download"],
        "file_uploads": session.counts["session.file_upload"],
        "tunnel_requests": session.counts["direct-tcpip.request"],
        "risk_score": risk_of(session),
        "score": _score(reasons),
        "alike": alike,
        "reasons": [numbers for _, numbers in reasons],
        "sample_commands": commands[:SAMPLES],
        "shasums": shasums[:SAMPLES],
    }
