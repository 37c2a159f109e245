"""The `sessions` section: totals, protocols, how many commands a session has, and how long it lasts."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any, TypedDict

from sqlalchemy import Row

from cowrie_assets.clock import US_PER_SECOND
from cowrie_assets.reports.averages import average, percentile
from cowrie_assets.reports.figures import Figures, Scope
from cowrie_assets.reports.sections.durations import Durations, durations
from cowrie_assets.reports.session_rows import SessionRows, total_duration_us, total_of
from cowrie_assets.warehouse.codec import decode_text

_COMMAND_CLASSES = ((0, 0), (1, 1), (2, 2), (3, 5), (6, 10), (11, 20), (21, 50), (51, 100), (101, None))

CommandClass = TypedDict("CommandClass", {"from": int, "to": int | None, "sessions": int})
"""Sessions with `from` to `to` commands, both included; null: and more."""


class ProtocolFigures(TypedDict):
    """The sessions of one protocol."""

    protocol: str
    sessions: int
    with_login_success: int
    with_commands: int
    login_attempts: int
    login_successes: int
    commands: int
    file_downloads: int
    file_uploads: int
    avg_duration_seconds: float


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
    commands_histogram: list[CommandClass]
    """Every class, those without a session too."""
    durations: Durations
    tunnel_requests: int
    """Connections that sessions asked to be forwarded (`cowrie.direct-tcpip.request`)."""
    with_tunnel_requests: int
    """Sessions that asked for one."""
    by_protocol: list[ProtocolFigures]
    """In order of the name, as `protocols`."""


def sessions_section(scope: Scope, rows: SessionRows, sources: Figures, files: Figures) -> SessionsSection:
    """The section, from the scope's sessions and what is known of their sources and files."""
    sessions_by_commands: Counter[int] = Counter()
    for row in rows:
        sessions_by_commands[row.command_count] += row.sessions
    by_protocol = _by_protocol(rows)
    total = sessions_by_commands.total()
    successes, failures = total_of(rows, "login_successes"), total_of(rows, "login_failures")
    return {
        "total": total,
        "unique_ips": sources.numbers["unique_ips"],
        "closed": total_of(rows, "closed"),
        "with_commands": total - sessions_by_commands[0],
        "with_login_success": total_of(rows, "with_login_success"),
        "protocols": {figures["protocol"]: figures["sessions"] for figures in by_protocol},
        "avg_commands": average(_commands_of(rows), total),
        "median_commands": percentile(sessions_by_commands, 50),
        "p95_commands": percentile(sessions_by_commands, 95),
        "max_commands": percentile(sessions_by_commands, 100),
        "min_commands": percentile(sessions_by_commands, 0),
        "avg_duration_seconds": average(total_duration_us(rows), total * US_PER_SECOND),
        "login_attempts": successes + failures,
        "login_successes": successes,
        "login_failures": failures,
        "file_downloads": total_of(rows, "file_downloads"),
        "file_uploads": total_of(rows, "file_uploads"),
        "vt_flagged": files.numbers["vt_flagged"],
        "dshield_flagged": sources.numbers["dshield_flagged"],
        "commands_histogram": _commands_histogram(sessions_by_commands),
        "durations": durations(scope, rows),
        "tunnel_requests": total_of(rows, "tunnel_requests"),
        "with_tunnel_requests": total_of(rows, "with_tunnel_requests"),
        "by_protocol": by_protocol,
    }


def _commands_of(rows: SessionRows) -> int:
    return sum(row.command_count * row.sessions for row in rows)


def _commands_histogram(sessions_by_commands: Mapping[int, int]) -> list[CommandClass]:
    return [
        {
            "from": least,
            "to": most,
            "sessions": sum(
                sessions
                for commands, sessions in sessions_by_commands.items()
                if least <= commands and (most is None or commands <= most)
            ),
        }
        for least, most in _COMMAND_CLASSES
    ]


def _by_protocol(rows: SessionRows) -> list[ProtocolFigures]:
    by_protocol: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        if row.protocol is not None:
            by_protocol[decode_text(row.protocol)].append(row)
    return [_protocol_figures(name, by_protocol[name]) for name in sorted(by_protocol)]


def _protocol_figures(protocol: str, rows: SessionRows) -> ProtocolFigures:
    sessions, successes = total_of(rows, "sessions"), total_of(rows, "login_successes")
    return {
        "protocol": protocol,
        "sessions": sessions,
        "with_login_success": total_of(rows, "with_login_success"),
        "with_commands": sum(row.sessions for row in rows if row.command_count),
        "login_attempts": successes + total_of(rows, "login_failures"),
        "login_successes": successes,
        "commands": _commands_of(rows),
        "file_downloads": total_of(rows, "file_downloads"),
        "file_uploads": total_of(rows, "file_uploads"),
        "avg_duration_seconds": average(total_duration_us(rows), sessions * US_PER_SECOND),
    }
