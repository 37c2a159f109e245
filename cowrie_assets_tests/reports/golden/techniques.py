"""What sessions showed, worked out from their events; the rules themselves are the project's."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from cowrie_assets.cowrie.attack import TACTICS, attack
from cowrie_assets.cowrie.rule_set import rule_set
from cowrie_assets_tests.reports.golden.evidence import Session
from cowrie_assets_tests.reports.golden.view import DAY, View, days_between
from cowrie_assets_tests.summaries.shown_techniques import shown_by


def of_techniques(sessions: Iterable[Session]) -> Counter[str]:
    """Sessions by technique."""
    return Counter(technique for session in sessions for technique in set(_shown(session).values()))


def techniques_section(view: View) -> dict[str, Any]:
    sessions = [session for session in view.sessions if _shown(session)]
    by_technique: defaultdict[str, list[Session]] = defaultdict(list)
    for session in sessions:
        for technique in set(_shown(session).values()):
            by_technique[technique].append(session)
    first = view.start if view.first_day is None else min(view.first_day, view.start)
    if view.look_back_days is not None:
        first = view.start - view.look_back_days * DAY
    known = of_techniques(view.sessions_of(days_between(first, view.start)))
    tactics = {tactic: [each for each in sessions if tactic in _tactics(each)] for tactic in TACTICS}
    return {
        "attack_version": "19",
        "sessions": len(sessions),
        "unique": len(by_technique),
        "items": [
            _item(technique, found, technique not in known)
            for technique, found in sorted(by_technique.items(), key=lambda each: (-len(each[1]), each[0]))
        ],
        "tactics": [{"tactic": tactic, "sessions": len(found)} for tactic, found in tactics.items()],
        "by_day": None
        if view.report_type == "daily"
        else {
            "days": [str(day) for day in view.days],
            "tactics": [
                {"tactic": tactic, "sessions": [sum(each.day == day for each in found) for day in view.days]}
                for tactic, found in tactics.items()
                if found
            ],
        },
    }


def _item(technique: str, sessions: list[Session], new: bool) -> dict[str, Any]:
    naming = attack().techniques[technique]
    rules = Counter(rule for each in sessions for rule, shown in _shown(each).items() if shown == technique)
    sample = min(sessions, key=lambda each: (each.first_at, each.sensor, each.session_id))
    return {
        "technique": technique,
        "name": naming.now.name,
        "former_id": None if naming.before.id == technique else naming.before.id,
        "tactics": list(naming.now.tactics),
        "sessions": len(sessions),
        "new": new,
        "rules": [
            {"rule": rule, "sessions": count}
            for rule, count in sorted(rules.items(), key=lambda each: (-each[1], each[0]))
        ],
        "sample": {"sensor": sample.sensor, "session_id": sample.session_id},
    }


def _tactics(session: Session) -> set[str]:
    return {tactic for technique in _shown(session).values() for tactic in attack().techniques[technique].now.tactics}


_KEPT: dict[int, tuple[Session, dict[str, str]]] = {}


def _shown(session: Session) -> dict[str, str]:
    """Techniques by rule; a session is looked at by many views."""
    kept = _KEPT.get(id(session))
    if kept is None or kept[0] is not session:
        group = [
            {
                "eventid": f"cowrie.{event.kind}",
                "timestamp": event.at.isoformat(timespec="microseconds"),
                "input": event.fields.get("input"),
            }
            for event in session.events
        ]
        found = {rule: technique for rule, (technique, *_) in shown_by(rule_set(), group).items()}
        kept = _KEPT[id(session)] = (session, found)
    return kept[1]
