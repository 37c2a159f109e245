"""The sections about the house and its knowledge: operations, enrichments, alerts."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

from cowrie_assets_tests.reports.golden import compared, counted, known
from cowrie_assets_tests.reports.golden.view import DAY, View, days_between, midnight

HOUR = timedelta(hours=1)
MOST_GAPS = 100
VOLUMES = {
    "sessions": "sessions",
    "login_attempts": "login attempts",
    "login_successes": "successful logins",
    "commands": "commands",
    "file_downloads": "downloads",
}
"""What may spike, and how a message calls it."""
SEVERITIES = ("high", "medium", "low")


def percent(part: int, whole: int, decimals: int) -> float | None:
    return round(part * 100 / whole, decimals) if whole else None


# --------------------------------------------------------------------------------------------------------- operations


def operations(view: View) -> dict[str, Any]:
    """Of "the logs whose first event lies in the period"."""
    logs = [
        log
        for log in view.evidence.logs
        if log.first_at and view.start <= log.first_at.date() < view.end and view.sensor in (None, log.sensor)
    ]
    dead = sum((log.dead_letters for log in logs), Counter[str]())
    lines = sum(log.lines for log in logs)
    gaps = sorted(_gaps(view), key=lambda gap: (-gap["hours"], gap["sensor"], gap["start"]))
    told = [gap for gap in gaps if gap["unusual_hours"]]
    return {
        "version": version("cowrie-assets"),
        "logs": len(logs),
        "lines": lines,
        "events": sum(log.events for log in logs),
        "duplicates": sum(log.duplicates for log in logs),
        "blank": sum(log.blank for log in logs),
        "dead_letters": {
            "total": dead.total(),
            "percent": percent(dead.total(), lines, 2),
            "by_reason": counted.best(dead, len(dead)),
        },
        "gaps": told[:MOST_GAPS],
        "unusual_gaps": len(told),
        "usual_gaps": len(gaps) - len(told),
        "gap_hours": sum(gap["hours"] for gap in gaps),
        "usual_gap_hours": sum(gap["hours"] for gap in gaps if gap not in told),
        "replaced_names": [],
        "reused_ids": _reused_ids(view),
        "missing_days": [],
        "checks": None,
    }


def _gaps(view: View) -> Iterator[dict[str, Any]]:
    """Stretches of whole hours of the period without an event of a sensor, from its first event ever up to now."""
    end = min(midnight(view.end), _hour(view.now))
    for sensor, active in _active_hours(view).items():
        silent: list[datetime] = []
        hour = max(midnight(view.start), min(active))
        while hour <= end:
            if hour < end and hour not in active:
                silent.append(hour)
            elif silent:
                yield {
                    "sensor": sensor,
                    "start": _iso(silent[0]),
                    "end": _iso(hour),
                    "hours": len(silent),
                    "unusual_hours": sum(_is_unusual(each, active) for each in silent),
                }
                silent = []
            hour += HOUR


def _is_unusual(hour: datetime, active: set[datetime]) -> bool:
    """Whether the sensor wrote in that hour of day on more than two thirds of the days before: of 7, or of as many as
    it is known for, two at least."""
    days = [day for day in range(1, 8) if hour - day * DAY >= min(active)]
    return len(days) >= 2 and sum(hour - day * DAY in active for day in days) * 3 > len(days) * 2


def _reused_ids(view: View) -> dict[str, Any]:
    """Sessions of a week and more, that begin or end in the period."""
    start, end = midnight(view.start), midnight(view.end)
    found = [
        {
            "sensor": session.sensor,
            "session_id": session.session_id,
            "first_event_at": f"{session.first_at:%Y-%m-%dT%H:%M:%S.%fZ}",
            "last_event_at": f"{session.last_at:%Y-%m-%dT%H:%M:%S.%fZ}",
            "days": (session.last_at - session.first_at).days,
        }
        for session in view.evidence.sessions
        if session.last_at - session.first_at >= 7 * DAY
        and view.sensor in (None, session.sensor)
        and (start <= session.first_at < end or start <= session.last_at < end)
    ]
    found.sort(key=lambda each: (-each["days"], each["sensor"], each["session_id"]))
    return {"total": len(found), "sessions": found[:20]}


def _active_hours(view: View) -> dict[str, set[datetime]]:
    """The hours in which each of the view's sensors ever wrote an event."""
    hours = view.evidence.active_hours
    return {sensor: hours[sensor] for sensor in hours if view.sensor in (None, sensor)}


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


# -------------------------------------------------------------------------------------------------------- enrichments


def enrichments(view: View) -> dict[str, Any]:
    hashes, ips = counted.hashes(view.sessions).keys(), counted.ips(view.sessions).keys()
    verdicts = [view.evidence.file_verdicts[shasum] for shasum in hashes if shasum in view.evidence.file_verdicts]
    status = Counter(verdict.status for verdict in verdicts if verdict.status != "enriched")
    judged = sum(verdict.malicious is not None for verdict in verdicts)
    unknown = len(verdicts) - judged - sum(status.values())
    classes = Counter(verdict.classification for verdict in verdicts if verdict.classification is not None)
    flags = [view.evidence.ip_verdicts[ip] for ip in ips if ip in view.evidence.ip_verdicts]
    return {
        "verdicts_as_of": view.evidence.judged_at if _has_verdict(view) else None,
        "files": {
            "unique_hashes": len(hashes),
            "judged": judged,
            "coverage_percent": percent(judged, len(hashes), 1),
            "malicious": sum(verdict.malicious is True for verdict in verdicts),
            "clean": sum(verdict.malicious is False for verdict in verdicts),
            "unjudged": len(hashes) - judged,
            "unknown": unknown,
            "pending": len(hashes) - judged - unknown - status["failed"] - status["skipped"],
            "failed": status["failed"],
            "unique_classifications": len(classes),
            "classifications": counted.best(classes, view.top),
            "known": known.of_files(view),
        },
        "addresses": {
            "unique_ips": len(ips),
            "judged": len(flags),
            "coverage_percent": percent(len(flags), len(ips), 1),
            "dshield_flagged": sum(flags),
            "unlisted": sum(not flag for flag in flags),
            "unjudged": len(ips) - len(flags),
            "known": known.of_addresses(view),
        },
        "services": known.services(view),
        **known.nowhere(view),
    }


def _has_verdict(view: View) -> bool:
    """Whether anything is known of a file or an address that any sensor saw in the period."""
    sessions = replace(view, sensor=None).sessions_of(view.days)
    told = {shasum for shasum, verdict in view.evidence.file_verdicts.items() if verdict.status != "pending"}
    asked = view.evidence.ip_verdicts.keys()
    return bool(told & counted.hashes(sessions).keys() or asked & counted.ips(sessions).keys())


# ------------------------------------------------------------------------------------------------------------- alerts


def alerts(view: View) -> list[dict[str, Any]]:
    """All but their messages."""
    found = [*_ip_spike(view), *_new_classification(view), *_tunnels(view), *_new_malware(view), *known.alerts(view)]
    found += [*_silent(view), *_dead_letters(view), *_volume_spikes(view)]
    return sorted(found, key=lambda each: (SEVERITIES.index(each["severity"]), each["kind"], _begins(each["figures"])))


def _begins(figures: dict[str, Any]) -> str:
    """What orders alerts of a kind: the beginning of their messages."""
    return f"{figures['value']:,} {VOLUMES[figures['figure']]}" if "figure" in figures else str(figures)


def _volume_spikes(view: View) -> Iterator[dict[str, Any]]:
    """20 at least, and more than 3 times the median of the four periods before; graver from 10 times on."""
    changes = compared.changes(view)["figures"]
    for name in VOLUMES:
        value, middle = changes[name]["value"], changes[name]["median"]
        if middle is None or value < 20 or value <= 3 * max(1, middle):
            continue
        attempts = changes["login_attempts"]
        if name == "login_successes" and attempts["value"] > 3 * max(1, attempts["median"]):
            continue  # attempts are at least as many
        times = round(value / max(1, middle), 1)
        figures = {"figure": name, "value": value, "median_before": middle, "times": times}
        yield {
            "kind": "volume_spike",
            "severity": "high" if value >= 10 * max(1, middle) else "medium",
            "figures": figures,
        }


def _ip_spike(view: View) -> Iterator[dict[str, Any]]:
    """More than 1.5 times the mean of the 7 days, or of the 4 weeks or months, before."""
    before = [view.previous]
    while len(before) < (7 if view.report_type == "daily" else 4):
        before.append(before[-1].previous)
    if compared.may_hold_sessions(before[-1]):
        ips = len(counted.ips(view.sessions))
        mean = sum(len(counted.ips(each.sessions)) for each in before) / len(before)
        if mean and ips > 1.5 * mean:
            figures = {"unique_ips": ips, "mean_before": round(mean, 2), "times": round(ips / mean, 1)}
            yield {"kind": "ip_spike", "severity": "medium", "figures": figures}


def _new_classification(view: View) -> Iterator[dict[str, Any]]:
    """A class that no file of the 30 days before has."""

    def classes(view: View, sessions: Any) -> set[str]:
        verdicts = [view.evidence.file_verdicts.get(shasum) for shasum in counted.hashes(sessions)]
        return {each.classification for each in verdicts if each is not None and each.classification is not None}

    earlier = view.sessions_of(days_between(view.start - 30 * DAY, view.start))
    fresh = sorted(classes(view, view.sessions) - classes(view, earlier))
    if fresh:
        figures = {"classifications": len(fresh), "first": fresh[:5]}
        yield {"kind": "new_vt_classification", "severity": "high", "figures": figures}


def _tunnels(view: View) -> Iterator[dict[str, Any]]:
    """More than 30 % of the sessions ask for one."""
    total = len(view.sessions)
    asking = sum(1 for session in view.sessions if session.counts["direct-tcpip.request"])
    if asking * 10 > total * 3:
        figures = {"with_tunnel_requests": asking, "sessions": total, "percent": percent(asking, total, 1)}
        yield {"kind": "high_tunnel_usage", "severity": "medium", "figures": figures}


def _new_malware(view: View) -> Iterator[dict[str, Any]]:
    fresh = compared.fresh(view, compared.malware)
    malicious = sum(map(view.evidence.is_malicious, fresh))
    if fresh:
        first = [item["value"] for item in counted.best(fresh, min(view.top, 5))]
        verdicts = (view.evidence.file_verdicts.get(shasum) for shasum in fresh)
        judged = sum(verdict is not None and verdict.malicious is not None for verdict in verdicts)
        figures = {"hashes": len(fresh), "judged": judged, "malicious": malicious, "first": first}
        yield {"kind": "new_malware", "severity": "high" if malicious else "medium", "figures": figures}


def _silent(view: View) -> Iterator[dict[str, Any]]:
    """A sensor with an event in the 7 days before a period of which a whole day is over, and none in it."""
    start, end = midnight(view.start), min(midnight(view.end), _hour(view.now))
    for sensor, active in _active_hours(view).items():
        before = [hour for hour in active if start - 7 * DAY <= hour < start]
        if before and end - start >= DAY and not any(start <= hour < midnight(view.end) for hour in active):
            since = max(before) + HOUR
            figures = {"sensor": sensor, "since": _iso(since), "hours": (end - since) // HOUR}
            yield {"kind": "sensor_silent", "severity": "high", "figures": figures}


def _dead_letters(view: View) -> Iterator[dict[str, Any]]:
    """More than 1 % of the lines."""
    section = operations(view)
    dead, lines = section["dead_letters"], section["lines"]
    if dead["total"] * 100 > lines:
        reasons = [item["value"] for item in dead["by_reason"]]
        figures = {"dead_letters": dead["total"], "lines": lines, "percent": dead["percent"], "reasons": reasons}
        yield {"kind": "dead_letters", "severity": "medium", "figures": figures}
