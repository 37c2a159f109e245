"""How risky a typed command is, 0 to 100, and why: risk.toml has the rules, docs/RISK.md tells what they mean.

A pure function of the command: the same on every machine, for any string. A command scores its greatest rule plus the
bonuses of its chains, which add at most `MAX_BONUS`, and never more than 100.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cowrie_assets.cowrie.invocation import Invocation, invocations
from cowrie_assets.cowrie.risk import MAX_BONUS
from cowrie_assets.cowrie.rule_matcher import RuleMatcher
from cowrie_assets.cowrie.rule_table import Chain, Rule

_HIGHEST = 100


@dataclass(frozen=True, slots=True)
class Assessment:
    """A command's score with its reasons, the heaviest first."""

    score: int
    rules: tuple[Rule, ...]
    chains: tuple[Chain, ...]


class RiskScorer:
    """Scores commands by rules that have a score, and by chains of them."""

    def __init__(self, rules: Sequence[Rule], chains: Sequence[Chain]) -> None:
        self.rules = tuple(sorted(rules, key=_heaviest_first))
        self.chains = tuple(chains)
        self._matcher = RuleMatcher(self.rules)
        self._of_lines = [(place, rule.lines) for place, rule in enumerate(self.rules) if rule.lines]

    def score(self, command: str) -> int:
        """The risk of a command as typed, 0 (nothing was typed) to 100."""
        return self.assess(command).score

    def assess(self, command: str) -> Assessment:
        """Score a command and say why. Total: any string, in time linear in its length."""
        return self.assess_runs(command, invocations(command))

    def assess_runs(self, command: str, runs: Sequence[Invocation]) -> Assessment:
        """The same where the programs that it runs are known."""
        matched = {place for place, lines in self._of_lines for holds in lines if holds(command)}
        matched = matched.union(*self._matcher.of_runs(runs).values())
        if not matched:
            return Assessment(0, (), ())
        rules = tuple([self.rules[place] for place in sorted(matched)])
        names = {rule.name for rule in rules}
        chains = tuple([chain for chain in self.chains if all(not group.isdisjoint(names) for group in chain.groups)])
        bonus = min(MAX_BONUS, sum(chain.bonus for chain in chains))
        return Assessment(min(_HIGHEST, (rules[0].score or 0) + bonus), rules, chains)


def _heaviest_first(rule: Rule) -> int:
    return -(rule.score or 0)
