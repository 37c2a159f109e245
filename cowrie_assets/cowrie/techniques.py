"""Which techniques of MITRE ATT&CK a typed command shows: techniques.toml has the rules, docs/TECHNIQUES.md their form.

A pure function of the command, total, in time linear in its length (of which `READ_CHARACTERS` are read).
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from cowrie_assets.cowrie.invocation import Invocation, invocations
from cowrie_assets.cowrie.technique_rules import RuleTable, TechniqueRule, own_rule_table

_KEPT_RUNS = 8_192
_KEPT_CHARACTERS = 200
"""What most commands are made of, `cd /tmp` and `uname -a`, is matched once; nothing long is kept."""


class Shown(NamedTuple):
    """A rule that a command matches."""

    rule: TechniqueRule
    needs_other: bool
    """It counts only where another command of the session showed before what the rule comes `after`."""


class TechniqueMatcher:
    """Matches commands with the rules of a table."""

    def __init__(self, table: RuleTable) -> None:
        self.table = table
        self._of_any: list[tuple[int, int]] = []
        self._of_program: dict[str, list[tuple[int, int]]] = {}
        for number, rule in enumerate(table.rules):
            for position, alternative in enumerate(rule.alternatives):
                if not alternative.programs:
                    self._of_any.append((number, position))
                for program in alternative.programs:
                    self._of_program.setdefault(program, []).append((number, position))
        self._kept = lru_cache(maxsize=_KEPT_RUNS)(self._match)

    def of_command(self, command: str) -> tuple[TechniqueRule, ...]:
        """The rules that a command as typed matches, in the table's order."""
        return self.of_runs(invocations(command))

    def shown_by(self, command: str) -> list[Shown]:
        """The rules that a command as typed matches, in the table's order, with what they need besides."""
        runs = invocations(command)
        return [Shown(rule, bool(rule.after) and not self._is_within(rule, runs)) for rule in self.of_runs(runs)]

    def of_runs(self, runs: Iterable[Invocation]) -> tuple[TechniqueRule, ...]:
        """The rules that one of the programs that run matches."""
        matched: set[int] = set()
        for run in dict.fromkeys(runs):  # what is typed thousands of times matches once
            matched |= self._of_run(run)
        return tuple(self.table.rules[number] for number in sorted(matched))

    def of_counts(self, counts: Mapping[str, int]) -> tuple[TechniqueRule, ...]:
        """The rules that a session matches by what it did without a command; `counts` by `SESSION_COUNTS`."""
        return tuple(
            rule
            for rule in self.table.rules
            if any(counts.get(count.name, 0) >= count.at_least for count in rule.counts)
        )

    def _is_within(self, rule: TechniqueRule, runs: Sequence[Invocation]) -> bool:
        """Whether one of the programs that run matches a rule behind one that shows what the rule comes after."""
        shown = False
        for run in runs:
            rules = [self.table.rules[number] for number in self._of_run(run)]
            if shown and rule in rules:
                return True
            shown = shown or any(each.technique in rule.after for each in rules)
        return False

    def _of_run(self, run: Invocation) -> frozenset[int]:
        return self._kept(run) if len(run.typed) <= _KEPT_CHARACTERS else self._match(run)

    def _match(self, run: Invocation) -> frozenset[int]:
        """The places in the table of the rules that a program that runs matches."""
        matched: set[int] = set()
        for number, position in (*self._of_program.get(run.program, ()), *self._of_any):
            if number not in matched:
                conditions = self.table.rules[number].alternatives[position].conditions
                if all(holds(run) for holds in conditions):
                    matched.add(number)
        return frozenset(matched)


def own_matcher() -> TechniqueMatcher:
    """The matcher with the rules that come with the project."""
    return TechniqueMatcher(own_rule_table())
