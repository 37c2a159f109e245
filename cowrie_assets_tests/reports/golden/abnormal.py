"""The `abnormal` section: sessions with a rare number of commands, or with a file that is new to the world."""

from collections import Counter
from datetime import timedelta
from typing import Any

from cowrie_assets_tests.reports.golden.evidence import Session
from cowrie_assets_tests.reports.golden.view import View, midnight

MOST = 20


def abnormal(view: View) -> dict[str, Any]:
    """All but the words of the reasons: of those the numbers."""
    rare, recent = rare_command_counts(view), recently_submitted(view)
    listed = sorted(
        {id(session): session for session in (*recent, *uncommon(view))}.values(),
        key=lambda each: (each not in recent, -each.command_count, each.first_at, each.sensor, each.session_id),
    )
    return {
        "rare_command_counts": [{"commands": count, "sessions": rare[count]} for count in sorted(rare)],
        "uncommon_command_sessions": len(uncommon(view)),
        "recent_vt_submission_sessions": len(recent),
        "sessions": [_listed(session, session in recent, rare) for session in listed[:MOST]],
    }


def rare_command_counts(view: View) -> dict[int, int]:
    """Those that at most 1 % of the sessions with commands have, or one; none where that were half of them or more."""
    having = Counter(session.command_count for session in view.sessions if session.command_count)
    rare = {count: sessions for count, sessions in having.items() if sessions == 1 or sessions * 100 <= having.total()}
    return rare if sum(rare.values()) * 2 < having.total() else {}


def uncommon(view: View) -> list[Session]:
    rare = rare_command_counts(view)
    return [session for session in view.sessions if session.command_count in rare]


def recently_submitted(view: View) -> list[Session]:
    """With a file "first submitted within 5 days" (LEGACY.md) of the period."""
    first, end = midnight(view.start) - timedelta(days=5), midnight(view.end) + timedelta(days=5)

    def is_recent(shasum: str) -> bool:
        verdict = view.evidence.file_verdicts.get(shasum)
        return verdict is not None and verdict.first_at is not None and first <= verdict.first_at < end

    return [session for session in view.sessions if any(map(is_recent, session.files))]


def _listed(session: Session, is_recent: bool, rare: dict[int, int]) -> dict[str, Any]:
    numbers = [[5]] if is_recent else []
    if session.command_count in rare:
        others = rare[session.command_count] - 1
        numbers.append([session.command_count, others] if others else [session.command_count])
    return {
        "sensor": session.sensor,
        "session_id": session.session_id,
        "src_ip": session.src_ip,
        "first_event_at": f"{session.first_at:%Y-%m-%dT%H:%M:%S.%fZ}",
        "commands": session.command_count,
        "reasons": numbers,
    }
