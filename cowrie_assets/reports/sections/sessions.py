"""The `sessions` section: totals, protocols, and how many commands a session has."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, TypedDict

from sqlalchemy import Row

from cowrie_assets.clock import US_PER_SECOND
from cowrie_assets.reports.averages import average, percentile
from cowrie_assets.reports.figures import Figures, total_of
from cowrie_assets.warehouse.codec import decode_text


class SessionsSection(TypedDict):
    """Numbers of sessions, and of their events. All are 0 where there is no session."""

    total: int
    unique_ips: int
    closed: int
    with_commands: int
    with_login_success: int
    protocols: dict[str, int]
    """Sessions by protocol, in order of the name; sessions whose protocol is not known are in none."""
    avg_commands: float
    median_commands: int
    p95_commands: int
    max_commands: int
    min_commands: int
    avg_duration_seconds: float
    login_attempts: int
    login_successes: int
    login_failures: int
    file_downloads: int
    file_uploads: int
    vt_flagged: int
    """Sessions with a file that VirusTotal calls malicious."""
    dshield_flagged: int
    """Sessions from an address that DShield lists."""


def sessions_section(rows: Sequence[Row[Any]], sources: Figures, files: Figures) -> SessionsSection:
    """The section, from the rows of `sql/reports/sessions.sql` and what is known of their sources and files."""
    sessions_by_commands: Counter[int] = Counter()
    sessions_by_protocol: Counter[str] = Counter()
    for row in rows:
        sessions_by_commands[row.command_count] += row.sessions
        if row.protocol is not None:
            sessions_by_protocol[decode_text(row.protocol)] += row.sessions
    total = sessions_by_commands.total()
    successes, failures = total_of(rows, "login_successes"), total_of(rows, "login_failures")
    return {
        "total": total,
        "unique_ips": sources.numbers["unique_ips"],
        "closed": total_of(rows, "closed"),
        "with_commands": total - sessions_by_commands[0],
        "with_login_success": total_of(rows, "with_login_success"),
        "protocols": dict(sorted(sessions_by_protocol.items())),
        "avg_commands": average(sum(commands * sessions for commands, sessions in sessions_by_commands.items()), total),
        "median_commands": percentile(sessions_by_commands, 50),
        "p95_commands": percentile(sessions_by_commands, 95),
        "max_commands": percentile(sessions_by_commands, 100),
        "min_commands": percentile(sessions_by_commands, 0),
        "avg_duration_seconds": average(total_of(rows, "duration_us"), total * US_PER_SECOND),
        "login_attempts": successes + failures,
        "login_successes": successes,
        "login_failures": failures,
        "file_downloads": total_of(rows, "file_downloads"),
        "file_uploads": total_of(rows, "file_uploads"),
        "vt_flagged": files.numbers["vt_flagged"],
        "dshield_flagged": sources.numbers["dshield_flagged"],
    }
