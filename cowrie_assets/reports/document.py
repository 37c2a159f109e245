"""The report document: every number of one period, for one sensor or for all. Every rendering shows just this.

Sections and keys are the data contract's "Report document", in its order.
"""

from typing import Literal, TypedDict

from sqlalchemy import Connection

from cowrie_assets.clock import iso_us
from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.periods import Period, ReportType
from cowrie_assets.reports.sensors import sensor_id, sensor_label
from cowrie_assets.reports.session_figures import SessionsSection, sessions_section, total_of
from cowrie_assets.reports.top_list import TopItem


class CredentialsSection(TypedDict):
    """Counted are attempts; a login without a password (a key) is in no list that needs one."""

    unique_usernames: int
    unique_passwords: int
    top_usernames: list[TopItem]
    top_passwords: list[TopItem]
    top_combinations: list[TopItem]
    """`user:password`"""


class CommandsSection(TypedDict):
    """Counted are occurrences."""

    total: int
    unique: int
    top_commands: list[TopItem]
    high_risk_total: int
    """Occurrences of commands whose risk score is 70 or more."""


class FilesSection(TypedDict):
    """The first three count events, those that stored no file among them; the others count stored files."""

    downloads: int
    downloads_failed: int
    uploads: int
    unique_hashes: int
    top_hashes: list[TopItem]
    """By downloads and uploads."""
    top_urls: list[TopItem]
    """By downloads."""
    vt_malicious: int
    """How many of the unique hashes VirusTotal calls malicious."""


class SourcesSection(TypedDict):
    """Counted are sessions."""

    top_ips: list[TopItem]


class ClientsSection(TypedDict):
    """Counted are sessions."""

    top_hassh: list[TopItem]
    top_versions: list[TopItem]


class ReportDocument(TypedDict):
    """`start` and `end` are instants in UTC; `end` is no longer in the period."""

    schema_version: Literal[1]
    report_type: ReportType
    period: str
    start: str
    end: str
    sensor: str
    """A sensor's name, or `aggregate`."""
    generated_at: str
    complete: bool
    """Whether the period is over and all that was loaded of it is in."""
    sessions: SessionsSection
    credentials: CredentialsSection
    commands: CommandsSection
    files: FilesSection
    sources: SourcesSection
    clients: ClientsSection


def build_report(
    connection: Connection, period: Period, sensor: str | None, *, top: int = 10, now_us: int
) -> ReportDocument:
    """The document of `period` for `sensor` (None: the aggregate of all), with at most `top` items a list.

    Give it a read transaction: its numbers come from several statements. "The same data gives the same document,
    `generated_at` aside" (DATA.md). Raises UnknownSensorError.
    """
    scope = Scope(connection, period, sensor_id(connection, sensor), top)
    sessions = scope.rows("sessions").all()
    credentials, commands, files = scope.figures("credentials"), scope.figures("commands"), scope.figures("files")
    sources, clients = scope.figures("sources"), scope.figures("clients")
    return {
        "schema_version": 1,
        "report_type": period.report_type,
        "period": period.label,
        "start": f"{period.start}T00:00:00Z",
        "end": f"{period.end}T00:00:00Z",
        "sensor": sensor_label(sensor),
        "generated_at": iso_us(now_us),
        "complete": is_complete(scope, now_us),
        "sessions": sessions_section(
            sessions,
            unique_ips=sources.numbers["unique_ips"],
            vt_flagged=files.numbers["vt_flagged"],
            dshield_flagged=sources.numbers["dshield_flagged"],
        ),
        "credentials": {
            "unique_usernames": credentials.numbers["unique_usernames"],
            "unique_passwords": credentials.numbers["unique_passwords"],
            "top_usernames": credentials.top("top_usernames"),
            "top_passwords": credentials.top("top_passwords"),
            "top_combinations": credentials.top("top_combinations"),
        },
        "commands": {
            "total": commands.numbers["total"],
            "unique": commands.numbers["unique"],
            "top_commands": commands.top("top_commands"),
            "high_risk_total": commands.numbers["high_risk_total"],
        },
        "files": {
            "downloads": total_of(sessions, "file_downloads"),
            "downloads_failed": total_of(sessions, "file_downloads_failed"),
            "uploads": total_of(sessions, "file_uploads"),
            "unique_hashes": files.numbers["unique_hashes"],
            "top_hashes": files.top("top_hashes"),
            "top_urls": files.top("top_urls"),
            "vt_malicious": files.numbers["vt_malicious"],
        },
        "sources": {"top_ips": sources.top("top_ips")},
        "clients": {"top_hassh": clients.top("top_hassh"), "top_versions": clients.top("top_versions")},
    }


def is_complete(scope: Scope, now_us: int) -> bool:
    """Whether the period is over and no loaded event of it, nor of the days beside it, still waits for a summary."""
    return scope.period.is_over(now_us) and scope.rows("pending_days").scalar_one() == 0
