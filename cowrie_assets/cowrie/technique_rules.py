"""The rules that map what a typed command does to techniques of MITRE ATT&CK, read from TOML (docs/TECHNIQUES.md).

A rule matches a program that runs (`Invocation`) where one of its alternatives does, and an alternative where each of
its conditions does. There are no regular expressions: anyone's rule costs time linear in the length of the command.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cowrie_assets.cowrie import risk_signs as signs
from cowrie_assets.cowrie.invocation import SHELLS, Invocation

Condition = Callable[[Invocation], bool]
Example = str | Mapping[str, int]
"""A command as typed, or counts of a session."""

SESSION_COUNTS = frozenset(
    {"login_failures", "login_successes", "file_downloads", "file_downloads_failed", "file_uploads", "tunnel_requests"}
)
"""What of a session may be counted, by the names of its columns."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Conditions of which each must hold for one program that runs."""

    programs: frozenset[str]
    """The programs that it is about; empty for any."""
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """How often a session must have done something that is no command."""

    name: str
    """One of `SESSION_COUNTS`."""
    at_least: int


@dataclass(frozen=True, slots=True)
class TechniqueRule:
    """What a command or a session does, and the technique that this is."""

    name: str
    technique: str
    """Its id in the current version of ATT&CK."""
    description: str
    after: frozenset[str]
    """Techniques of which the session must have shown one before: what it removes, it brought. Empty for none."""
    alternatives: tuple[Alternative, ...]
    """Of commands."""
    counts: tuple[Count, ...]
    """Of sessions: one of them is reached."""
    matches: tuple[Example, ...]
    """What must match, and what must not: a test looks at them."""
    spares: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class RuleTable:
    """All rules, and the programs that have no goal of their own."""

    version: int
    rules: tuple[TechniqueRule, ...]
    preparing: frozenset[str]
    """They belong to what follows them: `cd`, `chmod`."""
    filtering: frozenset[str]
    """They belong to what they are piped: `grep`, `wc`."""


class RuleError(ValueError):
    """A rule table says what cannot be understood."""


def read_rule_table(text: str) -> RuleTable:
    """The rule table that `text` (TOML) holds. Raises RuleError, which names the rule, for what is not understood."""
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise RuleError(f"it is no TOML: {error}") from error
    rules = tuple(_rule(entry) for entry in content.get("rule", []))
    names = [rule.name for rule in rules]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise RuleError(f"there is more than one rule {twice[0]}")
    return RuleTable(
        int(content.get("version", 0)),
        rules,
        frozenset(str(content.get("preparing", "")).split()),
        frozenset(str(content.get("filtering", "")).split()),
    )


def own_rule_table() -> RuleTable:
    """The rules that come with the project."""
    return read_rule_table(Path(__file__).with_name("techniques.toml").read_text(encoding="utf-8"))


def _rule(entry: Mapping[str, Any]) -> TechniqueRule:
    name = str(entry.get("id", "without an id"))
    try:
        return TechniqueRule(
            name,
            str(entry["technique"]),
            str(entry["description"]),
            frozenset(str(entry.get("after", "")).split()),
            tuple(_alternative(each) for each in entry["when"] if "session" not in each),
            tuple(_count(each) for each in entry["when"] if "session" in each),
            tuple(entry.get("matches", ())),
            tuple(entry.get("spares", ())),
        )
    except KeyError as error:
        raise RuleError(f"rule {name}: {error.args[0]} is missing, or no condition that there is") from error
    except (TypeError, AttributeError) as error:
        raise RuleError(f"rule {name}: a value is of another kind than its key asks for") from error


def _alternative(given: Mapping[str, Any]) -> Alternative:
    if not given:
        raise KeyError("a condition")
    conditions = [_CONDITIONS[key](value) for key, value in given.items() if key != "programs"]
    return Alternative(frozenset(str(given.get("programs", "")).split()), tuple(conditions))


def _count(given: Mapping[str, Any]) -> Count:
    if given["session"] not in SESSION_COUNTS:
        raise KeyError(given["session"])
    return Count(given["session"], int(given["at_least"]))


_SIGNS: Mapping[str, Condition] = {
    "applet_token": signs.is_applet_token,
    "defence_off": signs.turns_defence_off,
    "device": signs.overwrites_device,
    "drops_bytes": signs.drops_bytes,
    "dropped_file": signs.runs_dropped_file,
    "echoes_escapes": signs.echoes_escapes,
    "executable_mode": signs.makes_executable,
    "fetches": signs.fetches,
    "listens": signs.listens,
    "netcat_shell": signs.opens_netcat_shell,
    "own_address": signs.asks_own_address,
    "whole_trees": signs.removes_whole_trees,
}


def _words(fragments: list[str]) -> Condition:
    wanted = tuple(fragment.lower() for fragment in fragments)

    def holds(run: Invocation) -> bool:
        typed = run.typed.lower()
        return any(fragment in typed for fragment in wanted)

    return holds


def _not(condition: Condition) -> Condition:
    return lambda run: not condition(run)


def _arguments(words: str) -> Condition:
    return signs.has(*words.split())


def _feeds(programs: str) -> Condition:
    wanted = frozenset(programs.split())
    if wanted == {"shell"}:
        return lambda run: run.feeds_shell or run.feeds in SHELLS
    return lambda run: run.feeds in wanted


def _program_among(programs: str) -> Condition:
    names = frozenset(programs.split())
    return lambda run: run.program in names


def _flag(condition: Condition) -> Callable[[bool], Condition]:
    return lambda wanted: condition if wanted else _not(condition)


_CONDITIONS: Mapping[str, Callable[[Any], Condition]] = {
    "words": _words,
    "also": _words,
    "without": lambda fragments: _not(_words(fragments)),
    "arguments": _arguments,
    "options": signs.option,
    "options_absent": lambda letters: _not(signs.option(letters)),
    "operand": _flag(signs.has_operand),
    "bare": _flag(signs.bare),
    "fed": _flag(lambda run: run.fed),
    "writes": _flag(signs.writes_a_file),
    "changes": lambda fragments: signs.changes(*fragments),
    "feeds": _feeds,
    "feeds_not": lambda programs: _not(_feeds(programs)),
    "sign": _SIGNS.__getitem__,
    "not_programs": lambda programs: _not(_program_among(programs)),
    "path": lambda beginnings: lambda run: run.path.startswith(tuple(beginnings)),
    "wrappers": lambda names: lambda run: not frozenset(names.split()).isdisjoint(run.wrappers),
}
"""What may be asked of a program that runs, by its key in the table."""
