"""All rules in force: the project's, and an analyst's own, which are a file of the same form (docs/TECHNIQUES.md)."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from cowrie_assets.cowrie.attack import TACTICS, Attack, Technique, attack, technique_of
from cowrie_assets.cowrie.technique_rules import (
    Example,
    RuleError,
    RuleTable,
    TechniqueRule,
    own_rules_text,
    parsed,
    read_rule_table,
)
from cowrie_assets.cowrie.techniques import TechniqueMatcher

_OWN_KEYS = frozenset({"rule", "techniques"})
_TECHNIQUE_KEYS = frozenset({"name", "tactics", "before"})
_TECHNIQUE = re.compile(r"T\d{4}(\.\d{3})?")


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules, and what the techniques that they name are called."""

    matcher: TechniqueMatcher
    attack: Attack
    own: frozenset[str]
    """The ids of an analyst's own rules."""
    digest: bytes
    """16 bytes, others where any rule or the version of ATT&CK is another."""

    @property
    def rules(self) -> tuple[TechniqueRule, ...]:
        """The rules, the project's first."""
        return self.matcher.table.rules

    @property
    def version(self) -> int:
        """Of the project's rules."""
        return self.matcher.table.version


@lru_cache(maxsize=4)
def rule_set(own_rules: str = "") -> RuleSet:
    """The project's rules and those of `own_rules` (TOML): one that has the id of the project's takes its place.

    Raises RuleError, a sentence, where the own rules are not understood, name a technique that nobody knows, or do not
    do what their examples say.
    """
    project = read_rule_table(own_rules_text())
    content = parsed(own_rules)
    if unknown := sorted(content.keys() - _OWN_KEYS):
        raise RuleError(f"there is no {unknown[0]}: the file has [[rule]] and [techniques]")
    own = read_rule_table(own_rules)
    names = {rule.name for rule in own.rules}
    rules = (*(rule for rule in project.rules if rule.name not in names), *own.rules)
    table = RuleTable(project.version, rules, project.preparing, project.filtering)
    known = replace(attack(), techniques={**attack().techniques, **_techniques(content.get("techniques", {}))})
    for rule in own.rules:
        for technique in sorted({rule.technique, *rule.after} - known.techniques.keys()):
            raise RuleError(
                f"rule {rule.name}: {technique} is not among the techniques that are known here: give its name and "
                f'tactics: [techniques."{technique}"]'
            )
    found = RuleSet(TechniqueMatcher(table), known, frozenset(names), _digest(own_rules, known.version))
    for fault in faults_of_examples(found, own.rules):
        raise RuleError(fault)
    return found


def faults_of_examples(rules: RuleSet, some: tuple[TechniqueRule, ...]) -> Iterator[str]:
    """Sentences: which of `some` rules have no example, and which examples they do not follow."""
    for rule in some:
        if not rule.matches:
            yield f"rule {rule.name}: matches is missing: a command that it must match"
        for example in rule.matches:
            if rule not in matched(rules, example):
                yield f"rule {rule.name} does not match its example {_shown(example)}"
        for example in rule.spares:
            if rule in matched(rules, example):
                yield f"rule {rule.name} matches what it is to spare: {_shown(example)}"


def matched(rules: RuleSet, example: Example) -> tuple[TechniqueRule, ...]:
    """The rules that a command, or counts of a session, match by themselves."""
    if isinstance(example, str):
        return rules.matcher.of_command(example)
    return rules.matcher.of_counts(example)


def _shown(example: Example) -> str:
    return json.dumps(example, ensure_ascii=True)


def _techniques(given: object) -> dict[str, Technique]:
    if not isinstance(given, dict):
        raise RuleError('a technique is written [techniques."T1090"]')
    return {number: _technique(number, entry) for number, entry in given.items()}


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


def _digest(own_rules: str, attack_version: str) -> bytes:
    digest = blake2b(digest_size=16)
    for part in (own_rules_text(), own_rules, attack_version):
        content = part.encode("utf-8", "surrogatepass")
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.digest()
