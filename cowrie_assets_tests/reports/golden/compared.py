"""What compares a period with those before it: new values, changes, and the places of top lists."""

import statistics
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from cowrie_assets.cowrie.normalize import normalize_command
from cowrie_assets.cowrie.trivial_files import is_trivial
from cowrie_assets_tests.reports.golden import counted, techniques
from cowrie_assets_tests.reports.golden.evidence import Session
from cowrie_assets_tests.reports.golden.view import DAY, View, days_between

BEFORE = 4
"""Periods whose median a period is compared with."""
_RANKED = ("credentials", "commands", "files", "sources", "clients", "tunnels")

normal_form = cache(normalize_command)


# ---------------------------------------------------------------------------------------------------------------- new


def normal_forms(sessions: Iterable[Session]) -> Counter[str]:
    forms = Counter[str]()
    for text, count in counted.commands(sessions).items():
        forms[normal_form(text)] += count
    return forms


def hasshes(sessions: Iterable[Session]) -> Counter[str]:
    return counted.of_sessions(sessions, lambda session: session.hassh)


def malware(sessions: Iterable[Session]) -> Counter[str]:
    """Files that hold more than next to nothing."""
    return Counter({shasum: count for shasum, count in counted.hashes(sessions).items() if not is_trivial(shasum)})


NEW: dict[str, Callable[[Iterable[Session]], Counter[str]]] = {
    "hashes": malware,
    "urls": counted.urls,
    "commands": normal_forms,
    "passwords": counted.passwords,
    "hassh": hasshes,
    "networks": counted.networks,
    "techniques": techniques.of_techniques,
}


def new(view: View) -> dict[str, Any]:
    found = {kind: fresh(view, count) for kind, count in NEW.items()}
    lists = {kind: {"total": len(values), "items": counted.best(values, view.top)} for kind, values in found.items()}
    return {"look_back_days": view.look_back_days, **lists}


def fresh(view: View, count: Callable[[Iterable[Session]], Counter[str]]) -> dict[str, int]:
    """Seen in the period, by this sensor or (the aggregate) by any, and on no day before it within the look-back."""
    first = view.start if view.first_day is None else min(view.first_day, view.start)
    if view.look_back_days is not None:
        first = view.start - view.look_back_days * DAY
    known = count(view.sessions_of(days_between(first, view.start)))
    return {value: number for value, number in count(view.sessions).items() if value not in known}


# ------------------------------------------------------------------------------------------------------------ changes


def figures(view: View) -> dict[str, int]:
    sessions = view.sessions
    successes = counted.events(sessions, "login.success")
    return {
        "sessions": len(sessions),
        "unique_ips": len(counted.ips(sessions)),
        "login_attempts": successes + counted.events(sessions, "login.failed"),
        "login_successes": successes,
        "commands": counted.events(sessions, "command.input"),
        "high_risk_commands": counted.high_risk(sessions),
        "file_downloads": counted.events(sessions, "session.file_download"),
        "file_uploads": counted.events(sessions, "session.file_upload"),
        "unique_hashes": len(counted.hashes(sessions)),
        "unique_passwords": len(counted.passwords(sessions)),
    }


def changes(view: View) -> dict[str, Any]:
    before = [view.previous]
    while len(before) < BEFORE:
        before.insert(0, before[0].previous)
    previous = before[-1] if may_hold_sessions(before[-1]) else None
    median_of = before if may_hold_sessions(before[0]) else []
    known = {each.label: figures(each) for each in before}
    return {
        "previous": previous and {"period": previous.label, "complete": previous.is_over},
        "median_of": [each.label for each in median_of],
        "partly_known": [
            {"period": each.label, "known_days": known_days, "days": len(each.days)}
            for each in (median_of or filter(None, [previous]))
            if (known_days := whole_days(each)) < len(each.days)
        ],
        "figures": {
            name: _change(
                value,
                known[previous.label][name] if previous else None,
                float(statistics.median(known[each.label][name] for each in median_of)) if median_of else None,
            )
            for name, value in figures(view).items()
        },
    }


def whole_days(view: View) -> int:
    """Days with a session; that of the first session of all only where it came in the first hour."""
    began = min(session.first_at for session in view.sessions_of([view.first_day])) if view.first_day else None
    return sum(
        bool(view.sessions_of([day])) and not (day == view.first_day and began and began.hour > 0) for day in view.days
    )


def may_hold_sessions(view: View) -> bool:
    """False where the period "ends before the scope's first session day"."""
    return view.first_day is not None and view.end > view.first_day


def _change(value: int, previous: int | None, median: float | None) -> dict[str, Any]:
    return {
        "value": value,
        "previous": previous,
        "change": None if previous is None else value - previous,
        "change_percent": round((value - previous) * 100 / previous, 1) if previous else None,
        "median": median,
        "change_to_median": None if median is None else value - median,
        "change_to_median_percent": round((value - median) * 100 / median, 1) if median else None,
    }


# ----------------------------------------------------------------------------------------------------------- rankings


def with_previous_ranks(view: View, document: dict[str, Any], previous: Callable[[View], dict[str, Any]]) -> None:
    """Give each item of a week's or month's top lists its place in the same list of the period before.

    `previous` gives that period's sections.
    """
    if view.report_type == "daily" or not may_hold_sessions(view.previous):
        return
    earlier = previous(view.previous)
    for section in _RANKED:
        for name in [name for name in document[section] if name.startswith("top_")]:
            places = {item["value"]: place for place, item in enumerate(earlier[section][name], 1)}
            for item in document[section][name]:
                item["previous_rank"] = places.get(item["value"])
