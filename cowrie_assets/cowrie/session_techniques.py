"""Which techniques a session showed, by what, and when: a pure function of what it did, in any order it is told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cowrie_assets.cowrie.passages import in_order
from cowrie_assets.cowrie.techniques import TechniqueMatcher


@dataclass(frozen=True, slots=True, order=True)
class TypedCommand:
    """A command of a session, as often as it was typed; times are microseconds since 1970-01-01 UTC."""

    first_seen: int
    last_seen: int
    command: str


@dataclass(frozen=True, slots=True)
class SessionTechnique:
    """A technique that a session showed by one rule."""

    technique: str
    rule: str
    evidence: str
    """The first command that showed it, as typed; empty where no command did."""
    first_seen: int
    last_seen: int


def techniques_of_session(
    matcher: TechniqueMatcher, commands: Iterable[TypedCommand], counts: Mapping[str, int], span: tuple[int, int]
) -> list[SessionTechnique]:
    """A row for each rule that the session matches, by technique and rule.

    `counts` is what it did without a command (`SESSION_COUNTS`); those rules hold for its whole `span`, from its first
    event to its last. Commands of one moment come in the order of their text.
    """
    found = {
        rule.name: SessionTechnique(rule.technique, rule.name, "", *span)
        for rule in matcher.of_counts({name: count for name, count in counts.items() if count})
    }
    typed = sorted(commands)
    for each, rules in zip(typed, in_order(matcher.of_command(each.command) for each in typed), strict=True):
        for rule in rules:
            known = found.get(rule.name)
            if known is None or not known.evidence:
                row = SessionTechnique(rule.technique, rule.name, each.command, each.first_seen, each.last_seen)
            else:
                last_seen = max(known.last_seen, each.last_seen)
                row = SessionTechnique(known.technique, known.rule, known.evidence, known.first_seen, last_seen)
            found[rule.name] = row
    return sorted(found.values(), key=lambda row: (row.technique, row.rule))
