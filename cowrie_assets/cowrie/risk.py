"""How risky a typed command is, 0 to 100, and why. The rules are in cowrie/risk_rules.py; docs/RISK.md explains them.

A pure function of the command: the same on every machine, for any string. A command scores its greatest rule plus the
bonuses of its chains, which add at most `MAX_BONUS`, and never more than 100.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cowrie_assets.cowrie.invocation import Invocation, invocations
from cowrie_assets.cowrie.risk_rules import CHAINS, MAX_BONUS, RULES, Chain, Rule

RULESET = 3
"""Raised whenever a rule, a chain or the normal form (cowrie/normalize.py) changes: older rows are computed anew."""

HIGH_RISK = 70
"""From this score on a command or a session is `high_risk`."""

SESSION_BASE: Mapping[str, int] = {
    "login_failure": 10,
    "login_success": 25,
    "file_download_failed": 60,
    "file_download": 60,
    "file_upload": 70,
}
"""What a session scores at least where such an event is in it, by the names of `CountsAs`; a mere connection scores 0.

A session's risk is the greatest of these and of its commands' scores. A download is below `HIGH_RISK`, for Cowrie also
saves what `echo > file` writes; a command that really fetches reaches it by itself. An upload was brought on purpose.
"""


@dataclass(frozen=True, slots=True)
class Assessment:
    """A command's score with its reasons, the heaviest first."""

    score: int
    rules: tuple[Rule, ...]
    chains: tuple[Chain, ...]


def command_risk(command: str) -> int:
    """The risk of `command` as typed, 0 (nothing was typed) to 100."""
    return assess(command).score


def explain(command: str) -> tuple[Rule, ...]:
    """The rules that `command` matches, the heaviest first."""
    return assess(command).rules


def assess(command: str) -> Assessment:
    """Score `command` and say why. Total: any string, in time linear in its length."""
    matched = _matching(command, invocations(command))
    if not matched:
        return Assessment(0, (), ())
    rules = tuple(RULES[position] for position in sorted(_POSITION[name] for name in matched))
    chains = tuple(chain for chain in CHAINS if all(not group.isdisjoint(matched) for group in chain.groups))
    bonus = min(MAX_BONUS, sum(chain.bonus for chain in chains))
    return Assessment(min(100, rules[0].score + bonus), rules, chains)


_POSITION = {rule.name: position for position, rule in enumerate(RULES)}
_OF_LINE = tuple(rule for rule in RULES if rule.line is not None)
_OF_WORDS = tuple((marker, rule.name) for rule in RULES if rule.when is None for marker in rule.markers)
_OF_ANY_PROGRAM = tuple(rule for rule in RULES if rule.when is not None and not rule.programs)
_BY_PROGRAM: dict[str, tuple[Rule, ...]] = {
    program: tuple(rule for rule in RULES if program in rule.programs) for rule in RULES for program in rule.programs
}


def _matching(command: str, runs: list[Invocation]) -> set[str]:
    """The names of the rules that match."""
    words = " ".join([run.typed for run in runs]).lower()
    matched = {rule.name for rule in _OF_LINE if rule.line is not None and rule.line(command)}
    matched.update([name for marker, name in _OF_WORDS if marker in words])
    anywhere = [rule for rule in _OF_ANY_PROGRAM if not rule.markers or any(marker in words for marker in rule.markers)]
    for run in dict.fromkeys(runs):  # what is typed thousands of times matches once
        for rule in (*_BY_PROGRAM.get(run.program, ()), *anywhere):
            if rule.name not in matched and (rule.when is None or rule.when(run)):
                matched.add(rule.name)
    return matched
