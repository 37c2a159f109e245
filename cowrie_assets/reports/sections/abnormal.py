"""The `abnormal` section: sessions with a rare number of commands, or with a file that is new to the world.

A number of commands is rare where at most one in a hundred of the sessions with commands has it, or a single one. Where
half of those sessions or more would have a rare number, nearly all differ and there is no usual number: none is rare.
A file is new to the world where VirusTotal was first given it in the period or within five days before or after it.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, TypedDict

from sqlalchemy import Row

from cowrie_assets.amounts import counted
from cowrie_assets.clock import iso_us
from cowrie_assets.reports.figures import Figures, Scope
from cowrie_assets.reports.session_rows import SessionRows
from cowrie_assets.warehouse.codec import decode_text

MOST = 20
"""Sessions in the list."""
_RARE_PERCENT = 1


class CommandCount(TypedDict):
    """How many sessions have so many commands."""

    commands: int
    sessions: int


class AbnormalSession(TypedDict):
    """A session, and what is abnormal about it, in words."""

    sensor: str
    session_id: str
    src_ip: str | None
    first_event_at: str
    commands: int
    reasons: list[str]


class AbnormalSection(TypedDict):
    """Counted are sessions."""

    rare_command_counts: list[CommandCount]
    """In order of the number of commands."""
    uncommon_command_sessions: int
    """Those with a rare number of commands."""
    recent_vt_submission_sessions: int
    """Those with a file that is new to the world."""
    sessions: list[AbnormalSession]
    """At most `MOST`: those with such a file first, then those with more commands, then the earlier."""


def abnormal_section(scope: Scope, rows: SessionRows, files: Figures) -> AbnormalSection:
    """The section, from the scope's sessions, the figures of its files and `sql/reports/abnormal.sql`."""
    rare = _rare_command_counts(rows)
    recent = files.numbers["recent_vt_submission_sessions"]
    return {
        "rare_command_counts": [{"commands": commands, "sessions": rare[commands]} for commands in sorted(rare)],
        "uncommon_command_sessions": sum(rare.values()),
        "recent_vt_submission_sessions": recent,
        "sessions": _sessions(scope, rare, recent) if rare or recent else [],
    }


def _rare_command_counts(rows: SessionRows) -> dict[int, int]:
    """`{number of commands: sessions}`"""
    sessions_by_commands: Counter[int] = Counter()
    for row in rows:
        if row.command_count:
            sessions_by_commands[row.command_count] += row.sessions
    with_commands = sessions_by_commands.total()
    most = max(1, with_commands * _RARE_PERCENT // 100)
    rare = {commands: sessions for commands, sessions in sessions_by_commands.items() if sessions <= most}
    return rare if 2 * sum(rare.values()) < with_commands else {}


def _sessions(scope: Scope, rare: Mapping[int, int], recent: int) -> list[AbnormalSession]:
    found = scope.rows(
        "abnormal",
        command_counts=sorted(rare, reverse=True)[:MOST],
        any_recent=int(recent > 0),
        most=MOST,
    )
    return [_session(row, rare) for row in sorted(found, key=_place)[:MOST]]


def _place(row: Row[Any]) -> tuple[int, str, str]:
    return row.place, decode_text(row.sensor), decode_text(row.session_id)


def _session(row: Row[Any], rare: Mapping[int, int]) -> AbnormalSession:
    reasons = []
    if row.recent:
        reasons.append("has a file first submitted to VirusTotal within 5 days of the period")
    if row.command_count in rare:
        others = rare[row.command_count] - 1
        as_many = counted(others, "other session has", "other sessions have") if others else "no other session has"
        reasons.append(f"typed {counted(row.command_count, 'command')}; {as_many} so many")
    return {
        "sensor": decode_text(row.sensor),
        "session_id": decode_text(row.session_id),
        "src_ip": decode_text(row.src_ip),
        "first_event_at": iso_us(row.first_event_at),
        "commands": row.command_count,
        "reasons": reasons,
    }
