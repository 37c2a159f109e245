"""Which techniques of MITRE ATT&CK a typed command shows: techniques.toml has the rules, docs/TECHNIQUES.md tells more.

A pure function of the command, total, in time linear in its length (of which `READ_CHARACTERS` are read).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from cowrie_assets.cowrie.invocation import Invocation, invocations
from cowrie_assets.cowrie.rule_matcher import RuleMatcher
from cowrie_assets.cowrie.rule_table import Rule


class Shown(NamedTuple):
    """A rule that a command matches."""

    rule: Rule
    needs_other: bool
    """It counts only where another command of the session showed before what the rule comes `after`."""


class TechniqueMatcher:
    """Matches commands with rules that name a technique."""

    def __init__(self, rules: Sequence[Rule], preparing: frozenset[str], filtering: frozenset[str]) -> None:
        self.rules = tuple(rules)
        self.preparing = preparing
        """Programs that belong to what follows them."""
        self.filtering = filtering
        """Those that belong to what they are piped."""
        self._matcher = RuleMatcher(rules)
        self._of_lines = [(place, rule.lines) for place, rule in enumerate(rules) if rule.lines]

    def of_command(self, command: str) -> tuple[Rule, ...]:
        """The rules that a command as typed matches, in the table's order."""
        return tuple(shown.rule for shown in self.shown_by(command))

    def shown_by(self, command: str) -> list[Shown]:
        """The rules that a command as typed matches, in the table's order, with what they need besides."""
        return self.shown_by_runs(command, invocations(command))

    def shown_by_runs(self, command: str, runs: Sequence[Invocation]) -> list[Shown]:
        """The same where the programs that it runs are known."""
        of_runs = self._matcher.of_runs(runs)
        matched = {place for place, lines in self._of_lines for holds in lines if holds(command)}
        rules = [self.rules[place] for place in sorted(matched.union(*of_runs.values()))]
        return [
            Shown(rule, bool(rule.after) and not self._is_within(rule, [of_runs[run] for run in runs]))
            for rule in rules
        ]

    def of_runs(self, runs: Iterable[Invocation]) -> tuple[Rule, ...]:
        """The rules that one of the programs that run matches, in the table's order."""
        matched: set[int] = set()
        return tuple(self.rules[place] for place in sorted(matched.union(*self._matcher.of_runs(runs).values())))

    def of_counts(self, counts: Mapping[str, int]) -> tuple[Rule, ...]:
        """The rules that a session matches by what it did without a command; `counts` by `SESSION_COUNTS`."""
        return tuple(
            rule for rule in self.rules if any(counts.get(count.name, 0) >= count.at_least for count in rule.counts)
        )

    def _is_within(self, rule: Rule, steps: Sequence[frozenset[int]]) -> bool:
        """Whether one of a command's steps matches a rule behind one that shows what the rule comes after."""
        shown = False
        for step in steps:
            rules = [self.rules[place] for place in step]
            if shown and rule in rules:
                return True
            shown = shown or any(each.technique in rule.after for each in rules)
        return False
