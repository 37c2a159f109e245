"""Matching the programs that a command runs with rules: each distinct program once, those looked at last remembered."""

from collections.abc import Iterable, Sequence

from cowrie_assets.cowrie.invocation import Invocation
from cowrie_assets.cowrie.rule_conditions import lowered
from cowrie_assets.cowrie.rule_table import Alternative, Rule

_KEPT_RUNS = 8_192
_KEPT_CHARACTERS = 200
"""What most commands are made of, `cd /tmp` and `uname -a`, is matched once; nothing long is kept."""


class RuleMatcher:
    """Tells which of some rules programs match, by the rules' places."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._by_program: dict[str, list[tuple[int, Alternative]]] = {}
        self._by_words: list[tuple[int, Alternative]] = []
        self._others: list[tuple[int, Alternative]] = []
        for place, rule in enumerate(rules):
            for alternative in rule.alternatives:
                for program in alternative.programs:
                    self._by_program.setdefault(program, []).append((place, alternative))
                if not alternative.programs:
                    (self._by_words if alternative.words else self._others).append((place, alternative))
        self._kept: dict[Invocation, frozenset[int]] = {}

    def of_runs(self, runs: Iterable[Invocation]) -> dict[Invocation, frozenset[int]]:
        """What each program that runs matches."""
        distinct = dict.fromkeys(runs)
        found = {run: self._kept[run] for run in distinct if run in self._kept}
        new = [run for run in distinct if run not in found] if len(found) < len(distinct) else []
        if new:
            named = self._named(new)
            for run in new:
                found[run] = self._match(run, named)
                if len(run.typed) <= _KEPT_CHARACTERS:
                    if len(self._kept) >= _KEPT_RUNS:
                        self._kept.clear()
                    self._kept[run] = found[run]
        return found

    def _named(self, runs: Sequence[Invocation]) -> list[tuple[int, Alternative]]:
        """The alternatives for any program of which a word stands somewhere in the runs: few, most often."""
        typed = "\n".join([run.typed for run in runs]).lower()
        return [each for each in self._by_words if _holds_one(each[1].words, typed)]

    def _match(self, run: Invocation, named: Sequence[tuple[int, Alternative]]) -> frozenset[int]:
        matched: set[int] = set()
        for place, alternative in (*self._by_program.get(run.program, ()), *self._others):
            if place not in matched and _all_hold(alternative, run):
                matched.add(place)
        typed = lowered(run.typed)
        for place, alternative in named:
            if place not in matched and _holds_one(alternative.words, typed) and _all_hold(alternative, run):
                matched.add(place)
        return frozenset(matched)


def _holds_one(words: Iterable[str], typed: str) -> bool:
    for word in words:  # noqa: SIM110  (a generator costs three times as much)
        if word in typed:
            return True
    return False


def _all_hold(alternative: Alternative, run: Invocation) -> bool:
    for holds in alternative.conditions:  # noqa: SIM110  (as above)
        if not holds(run):
            return False
    return True
