"""Which techniques of MITRE ATT&CK a typed command shows: techniques.toml has the rules, docs/TECHNIQUES.md their form.

A pure function of the command, total, in time linear in its length (of which `READ_CHARACTERS` are read).
"""

from collections.abc import Iterable, Mapping

from cowrie_assets.cowrie.invocation import Invocation, invocations
from cowrie_assets.cowrie.technique_rules import RuleTable, TechniqueRule, own_rule_table


class TechniqueMatcher:
    """Matches commands with the rules of a table."""

    def __init__(self, table: RuleTable) -> None:
        self.table = table
        self._of_any: list[tuple[TechniqueRule, int]] = []
        self._of_program: dict[str, list[tuple[TechniqueRule, int]]] = {}
        for rule in table.rules:
            for position, alternative in enumerate(rule.alternatives):
                if not alternative.programs:
                    self._of_any.append((rule, position))
                for program in alternative.programs:
                    self._of_program.setdefault(program, []).append((rule, position))

    def of_command(self, command: str) -> tuple[TechniqueRule, ...]:
        """The rules that a command as typed matches, in the table's order."""
        return self.of_runs(invocations(command))

    def of_runs(self, runs: Iterable[Invocation]) -> tuple[TechniqueRule, ...]:
        """The rules that one of the programs that run matches."""
        matched: set[str] = set()
        for run in dict.fromkeys(runs):  # what is typed thousands of times matches once
            for rule, position in (*self._of_program.get(run.program, ()), *self._of_any):
                if rule.name not in matched and all(holds(run) for holds in rule.alternatives[position].conditions):
                    matched.add(rule.name)
        return tuple(rule for rule in self.table.rules if rule.name in matched)

    def of_counts(self, counts: Mapping[str, int]) -> tuple[TechniqueRule, ...]:
        """The rules that a session matches by what it did without a command; `counts` by `SESSION_COUNTS`."""
        return tuple(
            rule
            for rule in self.table.rules
            if any(counts.get(count.name, 0) >= count.at_least for count in rule.counts)
        )


def own_matcher() -> TechniqueMatcher:
    """The matcher with the rules that come with the project."""
    return TechniqueMatcher(own_rule_table())
