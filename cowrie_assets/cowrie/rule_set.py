"""All rules in force: the project's, and an analyst's own, which are a file of the same form (docs/RULES.md)."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from cowrie_assets.cowrie.attack import TACTICS, Attack, Technique, attack, technique_of
from cowrie_assets.cowrie.invocation import invocations
from cowrie_assets.cowrie.risk import RULESET
from cowrie_assets.cowrie.risk_scorer import RiskScorer
from cowrie_assets.cowrie.rule_table import (
    Chain,
    Example,
    Rule,
    RuleError,
    RuleTable,
    line_of,
    parsed,
    project_table,
    project_text,
    read_rule_table,
)
from cowrie_assets.cowrie.techniques import Shown, TechniqueMatcher

_Each = TypeVar("_Each", bound=Rule | Chain)
_OWN_KEYS = frozenset({"rule", "chain", "programs", "techniques"})
_TECHNIQUE_KEYS = frozenset({"name", "tactics", "before"})
_TECHNIQUE = re.compile(r"T\d{4}(\.\d{3})?")


class Judgement(NamedTuple):
    """What the rules say of a command."""

    risk: int
    """0 to 100."""
    shown: list[Shown]
    """Techniques, by the rules that say so."""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules on techniques and on risk, and what the techniques that they name are called."""

    techniques: TechniqueMatcher
    risk: RiskScorer
    attack: Attack
    own: tuple[Rule | Chain, ...]
    """An analyst's own."""
    digest: bytes
    """16 bytes, others where any rule or the version of ATT&CK is another."""

    @property
    def version(self) -> int:
        """Of the project's rules: it rises with each change of one."""
        return RULESET + project_table("techniques").version

    def judge(self, command: str) -> Judgement:
        """What the rules say of a command as typed. Total, in time linear in its length."""
        runs = invocations(command)
        return Judgement(self.risk.assess_runs(command, runs).score, self.techniques.shown_by_runs(command, runs))


@lru_cache(maxsize=4)
def rule_set(own_rules: str = "") -> RuleSet:
    """The project's rules and those of `own_rules` (TOML): one that has the id of one of the project's takes its place,
    among the rules on techniques where it names one, among those on risk where it has a score.

    Raises RuleError, a sentence with the line where it is known, where the own rules are not understood, name what
    nobody knows, or do not do what their examples say.
    """
    of_techniques, of_risk = project_table("techniques"), project_table("risk")
    own, named = _own(own_rules, of_risk)
    known = replace(attack(), techniques={**attack().techniques, **named})
    techniques = _in_place(of_techniques.rules, [rule for rule in own.rules if rule.technique])
    risks = _in_place(of_risk.rules, [rule for rule in own.rules if rule.score is not None])
    chains = _in_place(of_risk.chains, own.chains)
    found = RuleSet(
        TechniqueMatcher(techniques, of_techniques.preparing, of_techniques.filtering),
        RiskScorer(risks, chains),
        known,
        (*own.rules, *own.chains),
        _digest(project_text("techniques"), project_text("risk"), own_rules, known.version),
    )
    for name, fault in chain(_faults_of_names(found, own), faults_of_examples(found, found.own)):
        raise RuleError(fault, line_of(own_rules, name))
    return found


def faults_of_examples(rules: RuleSet, some: tuple[Rule | Chain, ...]) -> Iterator[tuple[str, str]]:
    """Which of `some` rules and chains have no example, and which examples they do not follow: ids with sentences."""
    for each in some:
        what = f"rule {each.name}" if isinstance(each, Rule) else f"chain {each.name}"
        if not each.matches:
            yield each.name, f"{what}: matches is missing: {_wanted_example(each)}"
        for example in each.matches:
            if not is_matched(rules, each, example):
                yield each.name, f"{what} does not match its example {_shown(example)}"
        for example in each.spares:
            if is_matched(rules, each, example):
                yield each.name, f"{what} matches what it is to spare: {_shown(example)}"


def _wanted_example(each: Rule | Chain) -> str:
    if isinstance(each, Rule) and each.counts:
        example = f"{each.counts[0].name} = {each.counts[0].at_least}"
        return f"counts of a session that it must match: [{{ {example} }}]"
    return "a command that it must match"


def is_matched(rules: RuleSet, each: Rule | Chain, example: Example) -> bool:
    """Whether a command, or counts of a session, match a rule or a chain by themselves."""
    if not isinstance(example, str):
        return each in rules.techniques.of_counts(example)
    if isinstance(each, Chain):
        return each in rules.risk.assess(example).chains
    found = rules.techniques.of_command(example) if each.technique else rules.risk.assess(example).rules
    return each in found


def _own(text: str, of_risk: RuleTable) -> tuple[RuleTable, dict[str, Technique]]:
    content = parsed(text)
    if unknown := sorted(content.keys() - _OWN_KEYS):
        raise RuleError(f"there is no {unknown[0]}: the file has [[rule]], [[chain]], [programs] and [techniques]")
    given = content.get("techniques", {})
    if not isinstance(given, dict):
        raise RuleError('a technique is written [techniques."T1090"]')
    named: dict[str, Technique] = {}
    for number, entry in given.items():
        try:
            named[number] = _technique(number, entry)
        except RuleError as error:
            raise RuleError(str(error), line_of(text, number)) from None
    return read_rule_table(text, of_risk.groups), named


def _in_place(project: Sequence[_Each], own: Sequence[_Each]) -> tuple[_Each, ...]:
    """The project's, but for those that own ones take the place of, then these."""
    names = {each.name for each in own}
    return (*(each for each in project if each.name not in names), *own)


def _faults_of_names(rules: RuleSet, own: RuleTable) -> Iterator[tuple[str, str]]:
    """What own rules and chains name that nobody knows."""
    for rule in own.rules:
        for technique in sorted(({rule.technique, *rule.after} - {""}) - rules.attack.techniques.keys()):
            yield (
                rule.name,
                f"rule {rule.name}: {technique} is not among the techniques that are known here: give its name and "
                f'tactics: [techniques."{technique}"]',
            )
    scored = {rule.name for rule in rules.risk.rules}
    for each in own.chains:
        for name in sorted(frozenset[str]().union(*each.groups) - scored):
            yield each.name, f"chain {each.name}: there is no rule {name} that has a score"


def _shown(example: Example) -> str:
    return json.dumps(example, ensure_ascii=True)


def _technique(number: str, entry: object) -> Technique:
    if _TECHNIQUE.fullmatch(number) is None:
        raise RuleError(f"{json.dumps(number)} is no id of a technique: T1090, T1090.001")
    if not isinstance(entry, dict) or entry.keys() - _TECHNIQUE_KEYS:
        raise RuleError(f"technique {number}: it has {', '.join(sorted(_TECHNIQUE_KEYS))}")
    before = entry.get("before", {})
    if not isinstance(before, dict) or before.keys() - {"id", "name", "tactics"}:
        raise RuleError(f"technique {number}: before has id, name, tactics")
    _require_naming(number, {"id": number, **entry})
    _require_naming(number, {"id": number, **entry, **before})
    return technique_of(number, entry)


def _require_naming(number: str, entry: Mapping[str, Any]) -> None:
    tactics = entry.get("tactics")
    if not isinstance(entry.get("name"), str) or not entry["name"]:
        raise RuleError(f"technique {number}: its name is missing")
    if not isinstance(entry["id"], str) or _TECHNIQUE.fullmatch(entry["id"]) is None:
        raise RuleError(f"technique {number}: its id before is none of a technique")
    known = (*TACTICS, "defense-evasion")
    if not isinstance(tactics, list) or not tactics or any(tactic not in known for tactic in tactics):
        raise RuleError(f"technique {number}: tactics is a list of {', '.join(TACTICS)}")


def _digest(*parts: str) -> bytes:
    digest = blake2b(digest_size=16)
    for part in parts:
        content = part.encode("utf-8", "surrogatepass")
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.digest()
