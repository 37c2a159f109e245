"""The `techniques` section: what sessions did, in the words of MITRE ATT&CK (docs/TECHNIQUES.md).

A session counts once in each technique, tactic and rule that it shows, whatever the number of its commands.
"""

import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import Any, TypedDict

from sqlalchemy import Connection, Row, select

from cowrie_assets.clock import day_number, day_of_number
from cowrie_assets.cowrie.attack import TACTICS, Attack, Naming, Technique, attack
from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.rows_by_sensor import rows_by_sensor
from cowrie_assets.reports.sections.new import NewList
from cowrie_assets.reports.top_list import TopList
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.schema import technique_ruleset


class RuleSessions(TypedDict):
    """A rule, and how many sessions match it."""

    rule: str
    sessions: int


class SampleSession(TypedDict):
    """A session, by its names."""

    sensor: str
    session_id: str


class ShownTechnique(TypedDict):
    """A technique that sessions showed."""

    technique: str
    """Its id: `T1098.004`."""
    name: str
    """With its parent's in front: `Account Manipulation: SSH Authorized Keys`."""
    former_id: str | None
    """Its id in the version of ATT&CK before; None where it is the same."""
    tactics: list[str]
    """As the Navigator writes them: `persistence`."""
    sessions: int
    new: bool
    """The scope saw it on no day before the period, or not within the look-back."""
    rules: list[RuleSessions]
    """By sessions, descending, then by name."""
    sample: SampleSession
    """The earliest session; of several at one moment the least by sensor and session id."""


class TacticSessions(TypedDict):
    """A tactic, and how many sessions showed a technique of it."""

    tactic: str
    sessions: int


class TacticDays(TypedDict):
    """A tactic, and how many sessions of each day showed a technique of it."""

    tactic: str
    sessions: list[int]


class TacticsByDay(TypedDict):
    """Every day of the period, and the tactics that were shown on one of them."""

    days: list[str]
    tactics: list[TacticDays]


class TechniquesSection(TypedDict):
    """What the sessions of the period showed."""

    attack_version: str
    sessions: int
    """Those that showed any."""
    unique: int
    """Different techniques."""
    items: list[ShownTechnique]
    """All of them, by sessions, descending, then by id."""
    tactics: list[TacticSessions]
    """All of ATT&CK that rules may show, in its order."""
    by_day: TacticsByDay | None
    """None in a daily report."""


@dataclass(frozen=True, slots=True)
class _Rule:
    number: int
    name: str
    technique: str
    technique_id: int


@dataclass(slots=True)
class _Counted:
    """Sessions by day, and when the earliest began."""

    by_day: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    first_event_at: int = sys.maxsize

    @property
    def sessions(self) -> int:
        return sum(self.by_day.values())

    def add(self, day: int, sessions: int, first_event_at: int) -> None:
        """Count the sessions of a row of `sql/reports/techniques.sql`."""
        self.by_day[day] += sessions
        self.first_event_at = min(self.first_event_at, first_event_at)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What sessions showed: any technique at all; and of each rule (by its number), technique and tactic that was."""

    any: _Counted = field(default_factory=_Counted)
    rules: defaultdict[int, _Counted] = field(default_factory=lambda: defaultdict(_Counted))
    techniques: defaultdict[str, _Counted] = field(default_factory=lambda: defaultdict(_Counted))
    tactics: defaultdict[str, _Counted] = field(default_factory=lambda: defaultdict(_Counted))


def techniques_section(scope: Scope) -> TechniquesSection:
    """The section, from `sql/reports/techniques.sql`."""
    names_of = attack_in_force(scope.connection)
    rules = [
        _Rule(row.id, decode_text(row.rule), decode_text(row.technique), row.technique_id)
        for row in scope.rows("technique_rules")
    ]
    of_technique: defaultdict[str, list[_Rule]] = defaultdict(list)
    for rule in rules:
        of_technique[rule.technique].append(rule)
    shown = _shown(scope, rules, names_of)
    samples = _samples(scope, {rule.number: rule.technique for rule in rules}, shown.techniques)
    known = set(scope.rows("known_techniques").scalars())
    items = [
        _item(name, names_of, counted, of_technique[name], shown.rules, samples[name], known)
        for name, counted in sorted(shown.techniques.items(), key=lambda each: (-each[1].sessions, each[0]))
    ]
    return {
        "attack_version": names_of.version,
        "sessions": shown.any.sessions,
        "unique": len(items),
        "items": items,
        "tactics": [
            {"tactic": tactic, "sessions": shown.tactics[tactic].sessions if tactic in shown.tactics else 0}
            for tactic in TACTICS
        ],
        "by_day": None if scope.period.report_type == "daily" else _by_day(scope, shown.tactics),
    }


def attack_in_force(connection: Connection) -> Attack:
    """What the techniques are called that the rules in force name; of the user's own rules none where they cannot be
    used."""
    own_rules = connection.execute(select(technique_ruleset.c.own_rules)).scalar()
    if not own_rules:
        return attack()
    from cowrie_assets.cowrie.rule_set import rule_set  # noqa: PLC0415  (a report needs the rules for their names alone)
    from cowrie_assets.cowrie.rule_table import RuleError  # noqa: PLC0415

    try:
        return rule_set(decode_text(own_rules)).attack
    except RuleError:
        return attack()


def new_techniques(section: TechniquesSection, top: int) -> NewList:
    """Those of the section that are new, by id; counted are sessions."""
    found = TopList(top)
    new = [item for item in section["items"] if item["new"]]
    for item in new:
        found.add(item["technique"], item["sessions"])
    return {"total": len(new), "items": found.items()}


def _naming(names_of: Attack, technique: str) -> Technique:
    """What it is called; by its id alone where rules that are no more in force named it."""
    unknown = Naming(technique, technique, ())
    return names_of.techniques.get(technique, Technique(unknown, unknown))


def _shown(scope: Scope, rules: Sequence[_Rule], names_of: Attack) -> _Shown:
    technique_of = {rule.number: rule.technique for rule in rules}
    tactics_of = {technique: _naming(names_of, technique).now.tactics for technique in set(technique_of.values())}
    shown = _Shown()

    @cache
    def counting(matched: str) -> list[_Counted]:
        """What the sessions that match these rules count in; a rule that nobody knows is for `validate` to tell."""
        numbers = technique_of.keys() & set(map(int, matched.split()))
        techniques = {technique_of[number] for number in numbers}
        tactics = set(chain.from_iterable(tactics_of[technique] for technique in techniques))
        return [
            *([shown.any] if numbers else []),
            *map(shown.rules.__getitem__, numbers),
            *map(shown.techniques.__getitem__, techniques),
            *map(shown.tactics.__getitem__, tactics),
        ]

    for row in rows_by_sensor(scope, "techniques"):
        numbers: Sequence[int] = row[1:4]  # a Row is slow to ask by name
        for counted in counting(row.rules):
            counted.add(*numbers)
    return shown


def _samples(scope: Scope, technique_of: Mapping[int, str], found: Mapping[str, _Counted]) -> dict[str, SampleSession]:
    """The earliest session of each technique."""
    moments = sorted({counted.first_event_at for counted in found.values()})
    if not moments:
        return {}
    samples: dict[str, tuple[str, str]] = {}
    row: Row[Any]
    for row in scope.rows("technique_samples", moments=moments):
        technique = technique_of[row.rule_number]
        if found[technique].first_event_at == row.first_event_at:
            names = (decode_text(row.sensor), decode_text(row.session_id))
            samples[technique] = min(samples.get(technique, names), names)
    return {name: {"sensor": sensor, "session_id": session} for name, (sensor, session) in samples.items()}


def _item(  # noqa: PLR0917
    technique: str,
    names_of: Attack,
    counted: _Counted,
    rules: Sequence[_Rule],
    by_rule: Mapping[int, _Counted],
    sample: SampleSession,
    known: set[int],
) -> ShownTechnique:
    naming = _naming(names_of, technique)
    of_rules: defaultdict[str, int] = defaultdict(int)
    for rule in rules:
        if rule.number in by_rule:
            of_rules[rule.name] += by_rule[rule.number].sessions
    return {
        "technique": technique,
        "name": naming.now.name,
        "former_id": None if naming.before.id == technique else naming.before.id,
        "tactics": list(naming.now.tactics),
        "sessions": counted.sessions,
        "new": rules[0].technique_id not in known,
        "rules": [
            {"rule": name, "sessions": sessions}
            for name, sessions in sorted(of_rules.items(), key=lambda each: (-each[1], each[0]))
        ],
        "sample": sample,
    }


def _by_day(scope: Scope, shown: Mapping[str, _Counted]) -> TacticsByDay:
    numbers = range(day_number(scope.period.start), day_number(scope.period.end))
    return {
        "days": [str(day_of_number(number)) for number in numbers],
        "tactics": [
            {"tactic": tactic, "sessions": [shown[tactic].by_day.get(number, 0) for number in numbers]}
            for tactic in TACTICS
            if tactic in shown
        ],
    }
