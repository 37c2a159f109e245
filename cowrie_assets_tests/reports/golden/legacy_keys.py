"""The keys of the older tools' documents, as LEGACY.md lists them, counted from the sessions."""

from typing import Any

from cowrie_assets_tests.reports.golden import abnormal, compared, counted, known, operated
from cowrie_assets_tests.reports.golden.view import DAY, View


def legacy(view: View) -> dict[str, Any]:
    """All but the messages of alerts."""
    days = sum(day <= view.now.date() for day in view.days)
    section = {
        "@timestamp": f"{view.start}T00:00:00Z",
        "generated_at": f"{view.now:%Y-%m-%dT%H:%M:%S.%fZ}",
        "report_type": view.report_type,
        "sensor": view.sensor or "aggregate",
        "date": view.label,
        "sessions": _sessions(view),
        "commands": _commands(view),
        "files": _files(view),
        "enrichments": {
            **{name: [] for name in ("urlhaus_tags_top", "asn_top", "country_top", "spur_infrastructure_top")},
            "flagged": known.flagged(view),
        },
        "abnormalities": {
            "uncommon_command_sessions": len(abnormal.uncommon(view)),
            "recent_vt_submission_sessions": len(abnormal.recently_submitted(view)),
        },
        "alerts": [{"type": each["kind"], "severity": each["severity"]} for each in operated.alerts(view)],
    }
    if view.report_type == "daily":
        return {**section, "date_utc": view.label}
    section["sessions"]["daily_average"] = counted.average(len(view.sessions), days)
    section["commands"]["daily_average"] = counted.average(counted.commands(view.sessions).total(), days)
    section |= {"date_range": {"start": f"{view.start}", "end": f"{view.end - DAY}"}, "days_included": days}
    if view.report_type == "weekly":
        return {**section, "year_week": view.label, "alerts_summary": section["alerts"]}
    return {**section, "year_month": view.label, "trends": _trends(view), "alerts_summary": _alerts_summary(view)}


def _sessions(view: View) -> dict[str, Any]:
    section, names = counted.sessions_section(view), counted.credentials(view)
    same = ("total", "unique_ips", "avg_commands", "max_commands", "min_commands", "protocols", "file_downloads")
    return {
        **{name: section[name] for name in (*same, "login_attempts", "vt_flagged", "dshield_flagged")},
        "avg_duration": section["avg_duration_seconds"],
        **names,
    }


def _commands(view: View) -> dict[str, Any]:
    typed = counted.commands(view.sessions)
    top = counted.best(typed, view.top)
    return {
        "total": typed.total(),
        "unique": len(typed),
        "top_commands": top,
        "top": [{"command": item["value"], "occurrences": item["count"]} for item in top],
    }


def _files(view: View) -> dict[str, Any]:
    known, urls = operated.enrichments(view)["files"], counted.best(counted.urls(view.sessions), view.top)
    return {
        "downloads_total": counted.events(view.sessions, "session.file_download"),
        "uploads_total": counted.events(view.sessions, "session.file_upload"),
        "unique_hashes": known["unique_hashes"],
        "unique_vt_classifications": known["unique_classifications"],
        "vt_classifications_top": known["classifications"],
        "recent_vt_submissions": len(abnormal.recently_submitted(view)),
        "top_hashes": counted.best(counted.hashes(view.sessions), view.top),
        "top": [{"url": item["value"], "occurrences": item["count"]} for item in urls],
    }


def _trends(view: View) -> dict[str, Any]:
    figures = compared.changes(view)["figures"]
    of = {"sessions": "sessions", "unique_ips": "unique_ips", "files": "file_downloads"}
    return {f"{name}_change": figures[figure]["change_percent"] for name, figure in of.items()}


def _alerts_summary(view: View) -> dict[str, Any]:
    summary: dict[str, Any] = {}
    for alert in operated.alerts(view):
        told = summary.setdefault(alert["kind"], {"count": 0, "messages": []})
        told["count"] += 1
        told["messages"].append({"date": view.label, "severity": alert["severity"]})
    return summary
