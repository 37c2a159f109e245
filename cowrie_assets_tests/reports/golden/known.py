"""What is known of files and addresses: by VirusTotal and DShield alone, for the sample has no other service."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from cowrie_assets_tests.reports.golden import abnormal, compared, counted, interesting
from cowrie_assets_tests.reports.golden.view import DAY, View, days_between

Alert = dict[str, Any]


def of_files(view: View) -> list[dict[str, Any]]:
    """Of those that the document lists and VirusTotal answered for, in the order of the lists."""
    listed = [
        *(item["value"] for item in counted.files(view)["top_hashes"]),
        *(item["value"] for item in compared.new(view)["hashes"]["items"]),
        *(shasum for session in interesting.interesting(view) for shasum in session["shasums"]),
    ]
    verdicts = view.evidence.file_verdicts
    return [_file(view, each) for each in dict.fromkeys(listed) if each in verdicts and _is_answered(view, each)]


def _is_answered(view: View, shasum: str) -> bool:
    return view.evidence.file_verdicts[shasum].status in ("enriched", "unknown")


def _file(view: View, shasum: str) -> dict[str, Any]:
    verdict = view.evidence.file_verdicts[shasum]
    days = None
    if verdict.first_at is not None and shasum in compared.fresh(view, counted.hashes):
        days = (verdict.first_at.date() - next(day for day in view.days if _has(view, day, shasum))).days
    return {
        "shasum": shasum,
        "label": verdict.classification,
        **dict.fromkeys(("type", "size", "positives", "total")),
        "first_submitted": verdict.first_at and f"{verdict.first_at:%Y-%m-%dT%H:%M:%S.%fZ}",
        "malicious_by": ["virustotal"] if verdict.malicious else [],
        "malicious_since": view.evidence.judged_at if verdict.malicious else None,
        "days_before_virustotal": days if days and days > 0 else None,
    }


def _has(view: View, day: Any, shasum: str) -> bool:
    return any(shasum in session.files for session in view.sessions_of([day]))


def of_addresses(view: View) -> list[dict[str, Any]]:
    """Of those that the document lists and DShield lists."""
    listed = [
        *(item["value"] for item in counted.sources(view)["top_ips"]),
        *(session["src_ip"] for session in interesting.interesting(view)),
        *(session["src_ip"] for session in abnormal.abnormal(view)["sessions"]),
    ]
    return [
        {"address": ip, **dict.fromkeys(("country", "city", "asn", "as_name")), "tags": [], "listed_by": ["dshield"]}
        for ip in dict.fromkeys(listed)
        if view.evidence.ip_verdicts.get(ip)
    ]


def services(view: View) -> list[dict[str, Any]]:
    verdicts = view.evidence.file_verdicts
    seen = [verdicts[each] for each in counted.hashes(view.sessions) if each in verdicts and _is_answered(view, each)]
    flags = [view.evidence.ip_verdicts[ip] for ip in counted.ips(view.sessions) if ip in view.evidence.ip_verdicts]
    labels = Counter(verdict.classification for verdict in seen if verdict.classification is not None)
    malicious = sum(verdict.malicious is True for verdict in seen)
    told = [("virustotal", "file", len(seen), malicious, labels), ("dshield", "address", len(flags), sum(flags), {})]
    return [
        {
            "service": service,
            "kind": kind,
            "answered": answered,
            "malicious": bad,
            "labels": counted.best(called, view.top),
        }
        for service, kind, answered, bad, called in told
        if answered
    ]


def nowhere(view: View) -> dict[str, Any]:
    """No database of places, and no list."""
    none = {"sessions": 0, "addresses": 0, "percent": 0.0 if view.sessions else None, "left_out": False}
    ips = len(counted.ips(view.sessions))
    return {
        "places": {"addresses": 0, "without_country": ips, "countries": [], "autonomous_systems": []},
        "tags": {"known_scanners": none, "kinds": [], "lists": []},
    }


def flagged(view: View) -> list[dict[str, Any]]:
    """As the older tools' documents have it."""
    return [
        *({"type": "ip", "value": each["address"], "by": each["listed_by"]} for each in of_addresses(view)),
        *(
            {"type": "file", "value": each["shasum"], "by": each["malicious_by"]}
            for each in of_files(view)
            if each["malicious_by"]
        ),
    ]


def alerts(view: View) -> Iterator[Alert]:
    """Malicious files that the 30 days before did not see; addresses that are listed and logged in."""
    earlier = counted.hashes(view.sessions_of(days_between(view.start - 30 * DAY, view.start)))
    fresh = sorted(
        each for each in counted.hashes(view.sessions) if view.evidence.is_malicious(each) and each not in earlier
    )
    if fresh:
        figures: dict[str, Any] = {"files": len(fresh), "first": fresh[:5]}
        yield {"kind": "malicious_file", "severity": "high", "figures": figures}
    came_in = Counter(
        session.src_ip
        for session in view.sessions
        if session.login_successes and session.src_ip and view.evidence.ip_verdicts.get(session.src_ip)
    )
    if came_in:
        first = [item["value"] for item in counted.best(came_in, 5)]
        figures = {"addresses": len(came_in), "sessions": came_in.total(), "first": first}
        yield {"kind": "listed_address_logged_in", "severity": "low", "figures": figures}
