"""The keys that dashboards on the older tools' documents use, with numbers counted as this document counts.

A pure function of the document. docs/REPORTS.md maps each key to the document's own, and tells where they differ.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from cowrie_assets.reports.averages import average

Document = Mapping[str, Any]
Legacy = dict[str, Any]
"""JSON by the keys of others."""
_TOP_COUNTRIES = 10


def legacy(document: Document) -> Legacy:
    """The sub-document, from a document that is whole but for it."""
    days = days_begun(document)
    return {
        "@timestamp": document["start"],
        "generated_at": document["generated_at"],
        "report_type": document["report_type"],
        "sensor": document["sensor"],
        **_period(document, days),
        "sessions": _sessions(document) | _daily_average(document, document["sessions"]["total"], days),
        "commands": _commands(document) | _daily_average(document, document["commands"]["total"], days),
        "files": _files(document),
        "enrichments": _enrichments(document["enrichments"]),
        "abnormalities": {
            name: document["abnormal"][name] for name in ("uncommon_command_sessions", "recent_vt_submission_sessions")
        },
        "alerts": _alerts(document),
        **_rolled_up(document),
    }


def days_begun(document: Document) -> int:
    """How many days of the period had begun when the document was made."""
    first, behind = (date.fromisoformat(document[name][:10]) for name in ("start", "end"))
    today = datetime.fromisoformat(document["generated_at"]).date()
    return max(0, min((behind - first).days, (today - first).days + 1))


def _period(document: Document, days: int) -> Legacy:
    first, behind = (date.fromisoformat(document[name][:10]) for name in ("start", "end"))
    if document["report_type"] == "daily":
        return {"date": document["period"], "date_utc": document["period"]}
    return {
        "date": document["period"],
        "year_week" if document["report_type"] == "weekly" else "year_month": document["period"],
        "date_range": {"start": str(first), "end": str(date.fromordinal(behind.toordinal() - 1))},
        "days_included": days,
    }


def _sessions(document: Document) -> Legacy:
    sessions, credentials = document["sessions"], document["credentials"]
    return {
        "total": sessions["total"],
        "unique_ips": sessions["unique_ips"],
        "unique_usernames": credentials["unique_usernames"],
        "unique_passwords": credentials["unique_passwords"],
        "avg_commands": sessions["avg_commands"],
        "max_commands": sessions["max_commands"],
        "min_commands": sessions["min_commands"],
        "avg_duration": sessions["avg_duration_seconds"],
        "protocols": sessions["protocols"],
        "top_usernames": _plain(credentials["top_usernames"]),
        "top_passwords": _plain(credentials["top_passwords"]),
        "top_combinations": _plain(credentials["top_combinations"]),
        "file_downloads": sessions["file_downloads"],
        "login_attempts": sessions["login_attempts"],
        "vt_flagged": sessions["vt_flagged"],
        "dshield_flagged": sessions["dshield_flagged"],
    }


def _commands(document: Document) -> Legacy:
    commands = document["commands"]
    top = _plain(commands["top_commands"])
    return {
        "total": commands["total"],
        "unique": commands["unique"],
        "top_commands": top,
        "top": [{"command": item["value"], "occurrences": item["count"]} for item in top],
    }


def _files(document: Document) -> Legacy:
    files, judged = document["files"], document["enrichments"]["files"]
    return {
        "downloads_total": files["downloads"],
        "uploads_total": files["uploads"],
        "unique_hashes": files["unique_hashes"],
        "unique_vt_classifications": judged["unique_classifications"],
        "vt_classifications_top": judged["classifications"],
        "recent_vt_submissions": document["abnormal"]["recent_vt_submission_sessions"],
        "top_hashes": _plain(files["top_hashes"]),
        "top": [{"url": item["value"], "occurrences": item["count"]} for item in files["top_urls"]],
    }


def _enrichments(enrichments: Document) -> Legacy:
    places = enrichments["places"]
    labels = {each["service"]: each["labels"] for each in enrichments["services"] if each["kind"] == "address"}
    return {
        "urlhaus_tags_top": _plain(labels.get("urlhaus", [])),
        "asn_top": [
            {"value": f"AS{each['asn']} {each['name'] or ''}".rstrip(), "count": each["sessions"]}
            for each in places["autonomous_systems"]
        ],
        "country_top": [
            {"value": each["country"], "count": each["sessions"]} for each in places["countries"][:_TOP_COUNTRIES]
        ],
        "spur_infrastructure_top": _plain(labels.get("spur", [])),
        "flagged": [
            *_flagged("ip", "address", enrichments["addresses"]["known"], "listed_by"),
            *_flagged("file", "shasum", enrichments["files"]["known"], "malicious_by"),
        ],
    }


def _flagged(kind: str, name: str, known: list[Document], by: str) -> list[Legacy]:
    return [{"type": kind, "value": each[name], "by": each[by]} for each in known if each[by]]


def _alerts(document: Document) -> list[Legacy]:
    return [
        {"type": alert["kind"], "severity": alert["severity"], "message": alert["message"]}
        for alert in document["alerts"]
    ]


def _daily_average(document: Document, total: int, days: int) -> Legacy:
    return {} if document["report_type"] == "daily" else {"daily_average": average(total, days)}


def _rolled_up(document: Document) -> Legacy:
    """What their weeks and months have besides."""
    if document["report_type"] == "daily":
        return {}
    if document["report_type"] == "weekly":
        return {"alerts_summary": _alerts(document)}
    figures = document["changes"]["figures"]
    return {
        "trends": {
            "sessions_change": figures["sessions"]["change_percent"],
            "unique_ips_change": figures["unique_ips"]["change_percent"],
            "files_change": figures["file_downloads"]["change_percent"],
        },
        "alerts_summary": {
            kind: {"count": len(messages), "messages": messages} for kind, messages in _messages(document).items()
        },
    }


def _messages(document: Document) -> dict[str, list[Legacy]]:
    messages: dict[str, list[Legacy]] = {}
    for alert in document["alerts"]:
        told = {"date": document["period"], "message": alert["message"], "severity": alert["severity"]}
        messages.setdefault(alert["kind"], []).append(told)
    return messages


def _plain(items: list[Any]) -> list[Legacy]:
    """A top list as they have it: without the move of its items."""
    return [{"value": item["value"], "count": item["count"]} for item in items]
