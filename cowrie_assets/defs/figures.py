"""The figures shown with each partition: a few stable numbers, which Dagster plots, and the top ten.

Those of a summary and of a report are of the sessions that belong to the period; those of `raw_events` are of the day's
own events, and of the logs that begin on the day.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import dagster as dg
from sqlalchemy import Connection

from cowrie_assets.clock import US_PER_DAY, day_number, from_us
from cowrie_assets.defs.describe import alert_table, change_table, sparkline, top_table
from cowrie_assets.ingest.load_result import LoadResult
from cowrie_assets.operations.ingest import DayCounts, day_counts
from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.files import WrittenReport
from cowrie_assets.reports.listed import files_figures
from cowrie_assets.reports.periods import Period, period_of
from cowrie_assets.reports.render.wording import country
from cowrie_assets.reports.sections.enrichments import EnrichmentsSection
from cowrie_assets.reports.sections.techniques import techniques_section
from cowrie_assets.reports.sensors import AGGREGATE
from cowrie_assets.reports.session_rows import session_rows, total_of
from cowrie_assets.reports.top_list import TopItem
from cowrie_assets.summaries.touched import TECHNIQUES
from cowrie_assets.warehouse.sighting_kinds import SightingKind
from cowrie_assets.warehouse.sql import statement

Metadata = Mapping[str, Any]

_TOP = 10
_ALL_SENSORS = 0


def table_figures(connection: Connection, table: str, day: date) -> Metadata:
    """What `raw_events` holds of a day, and the ledger of the logs that begin on it; or what a summary holds of it."""
    if table == "raw_events":
        return {**_event_figures(day_counts(connection, day)), **_ledger_figures(connection, day)}
    return summary_figures(connection, table, period_of("daily", day))


def load_figures(result: LoadResult, day: date, days: int) -> Metadata:
    """What the run did for one of its `days`; the run's seconds are shared out among them alike."""
    return {
        "new_events": result.events_by_day.get(day, 0),
        "seconds": round(result.seconds / days, 3),
        "events_per_second": round(result.events / result.seconds) if result.seconds else 0,
    }


def _event_figures(counts: DayCounts) -> Metadata:
    times = {"first_event_at": counts.first_event_at, "last_event_at": counts.last_event_at}
    return {
        "dagster/partition_row_count": counts.events,
        "events": counts.events,
        "sessions": counts.sessions,
        **{name: dg.MetadataValue.timestamp(from_us(us)) for name, us in times.items() if us is not None},
    }


def _ledger_figures(connection: Connection, day: date) -> Metadata:
    start = day_number(day) * US_PER_DAY
    binds = {"day_start": start, "day_end": start + US_PER_DAY}
    return dict(connection.execute(statement("ingest/logs_of_day"), binds).mappings().one())


def summary_figures(connection: Connection, summary: str, period: Period) -> Metadata:
    """What a summary holds of the sessions of a day."""
    rows = connection.execute(statement("summaries/rows_of_day"), {"day": day_number(period.start)}).mappings().one()
    return {
        "dagster/partition_row_count": rows[summary],
        **_FIGURES[summary](Scope(connection, period, _ALL_SENSORS, _TOP)),
    }


def report_figures(written: Sequence[WrittenReport], page: str) -> Metadata:
    """The page's URL, the aggregate's headline numbers and how they changed, its alerts and top ten, and the files."""
    files = [report for report in written if report.sensor == AGGREGATE]
    document = next(report.document for report in files if report.document is not None)
    sessions, volume = document["sessions"], document["volume"]
    return {
        "page": dg.MetadataValue.url(page),
        "period": document["period"],
        "complete": document["complete"],
        f"sessions_by_{volume['by']}": sparkline([item["sessions"] for item in volume["items"]]),
        "sessions": sessions["total"],
        "unique_ips": sessions["unique_ips"],
        "login_attempts": sessions["login_attempts"],
        "login_successes": sessions["login_successes"],
        "commands": document["commands"]["total"],
        "high_risk_commands": document["commands"]["high_risk_total"],
        "file_downloads": document["files"]["downloads"],
        "file_uploads": document["files"]["uploads"],
        "new_files": document["new"]["hashes"]["total"],
        "sensors": len({report.sensor for report in written}) - 1,
        "alerts": len(document["alerts"]),
        "alert_list": alert_table(document["alerts"]),
        "changes": change_table(document["changes"]),
        "top_addresses": top_table("address", "sessions", document["sources"]["top_ips"]),
        "top_credentials": top_table("user:password", "attempts", document["credentials"]["top_combinations"]),
        "top_commands": top_table("command", "occurrences", document["commands"]["top_commands"]),
        **_known_figures(document["enrichments"]),
        **{f"{report.format}_file": dg.MetadataValue.path(report.path.absolute()) for report in files},
    }


def _known_figures(enrichments: EnrichmentsSection) -> Metadata:
    """What is known of files and addresses; nothing where nothing is."""
    countries = enrichments["places"]["countries"][:_TOP]
    listed: list[TopItem] = [{"value": country(each["country"]), "count": each["sessions"]} for each in countries]
    scanners = enrichments["tags"]["known_scanners"]["sessions"]
    return {
        **({"malicious_files": enrichments["files"]["malicious"]} if enrichments["files"]["judged"] else {}),
        **({"sessions_of_known_scanners": scanners} if enrichments["tags"]["lists"] else {}),
        **({"top_countries": top_table("country", "sessions", listed)} if listed else {}),
    }


def _session_figures(scope: Scope) -> Metadata:
    rows = session_rows(scope)
    sources = scope.figures("sources")
    return {
        "sessions": total_of(rows, "sessions"),
        "closed": total_of(rows, "closed"),
        "with_login_success": total_of(rows, "with_login_success"),
        "with_commands": sum(row.sessions for row in rows if row.command_count),
        "unique_ips": sources.numbers["unique_ips"],
        "top_addresses": top_table("address", "sessions", sources.top("top_ips")),
    }


def _command_figures(scope: Scope) -> Metadata:
    commands = scope.figures("commands")
    return {
        "commands": commands.numbers["total"],
        "unique_commands": commands.numbers["unique"],
        "high_risk_commands": commands.numbers["high_risk_total"],
        "top_commands": top_table("command", "occurrences", commands.top("top_commands")),
    }


def _login_figures(scope: Scope) -> Metadata:
    rows = session_rows(scope)
    credentials = scope.figures("credentials")
    successes, failures = total_of(rows, "login_successes"), total_of(rows, "login_failures")
    return {
        "login_attempts": successes + failures,
        "login_successes": successes,
        "unique_usernames": credentials.numbers["unique_usernames"],
        "unique_passwords": credentials.numbers["unique_passwords"],
        "top_credentials": top_table("user:password", "attempts", credentials.top("top_combinations")),
    }


def _file_figures(scope: Scope) -> Metadata:
    rows = session_rows(scope)
    files = files_figures(scope)
    return {
        "file_downloads": total_of(rows, "file_downloads"),
        "file_downloads_failed": total_of(rows, "file_downloads_failed"),
        "file_uploads": total_of(rows, "file_uploads"),
        "unique_hashes": files.numbers["unique_hashes"],
        "malicious_hashes": files.numbers["vt_malicious"],
        "top_hashes": top_table("shasum", "occurrences", files.top("top_hashes")),
        "top_urls": top_table("url", "downloads", files.top("top_urls")),
    }


def _technique_figures(scope: Scope) -> Metadata:
    section = techniques_section(scope)
    listed: list[TopItem] = [
        {"value": f"{item['technique']} {item['name']}", "count": item["sessions"]} for item in section["items"][:_TOP]
    ]
    return {
        "sessions_with_techniques": section["sessions"],
        "unique_techniques": section["unique"],
        "new_techniques": sum(item["new"] for item in section["items"]),
        "top_techniques": top_table("technique", "sessions", listed),
    }


def _sighting_figures(scope: Scope) -> Metadata:
    rows = scope.connection.execute(statement("summaries/sighted_values"), {"day": day_number(scope.period.start)})
    seen = {row.kind: row.seen for row in rows}
    return {name: seen.get(kind, 0) for kind, name in _SIGHTED.items()}


_SIGHTED = {
    SightingKind.HASH: "hashes",
    SightingKind.URL: "urls",
    SightingKind.COMMAND: "commands",
    SightingKind.PASSWORD: "passwords",
    SightingKind.HASSH: "hassh",
    SightingKind.NETWORK: "networks",
    SightingKind.TECHNIQUE: "techniques",
}
_FIGURES = {
    "session_summaries": _session_figures,
    "command_stats": _command_figures,
    "login_stats": _login_figures,
    "files": _file_figures,
    TECHNIQUES: _technique_figures,
    "sightings": _sighting_figures,
}
