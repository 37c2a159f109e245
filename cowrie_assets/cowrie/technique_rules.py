"""The rules that map what a typed command does to techniques of MITRE ATT&CK, read from TOML (docs/TECHNIQUES.md).

A rule matches a program that runs (`Invocation`) where one of its alternatives does, and an alternative where each of
its conditions does. There are no regular expressions: anyone's rule costs time linear in the length of the command.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from cowrie_assets.cowrie import risk_signs as signs
from cowrie_assets.cowrie.invocation import SHELLS, Invocation
from cowrie_assets.errors import UserError

Condition = Callable[[Invocation], bool]
Example = str | Mapping[str, int]
"""A command as typed, or counts of a session."""

SESSION_COUNTS = frozenset(
    {"login_failures", "login_successes", "file_downloads", "file_downloads_failed", "file_uploads", "tunnel_requests"}
)
"""What of a session may be counted, by the names of its columns."""


_KEYS = frozenset({"id", "technique", "description", "after", "when", "matches", "spares"})
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_MOST_COUNTED = 2**31
"""What a count of the tables has room for."""


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


class RuleError(UserError, ValueError):
    """A rule table says what cannot be understood."""


def read_rule_table(text: str) -> RuleTable:
    """The rule table that `text` (TOML) holds. Raises RuleError, which names the rule, for what is not understood."""
    content = parsed(text)
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


def parsed(text: str) -> Mapping[str, Any]:
    """What TOML says. Raises RuleError where it is none, or where `rule` is no list of tables."""
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise RuleError(f"it is no TOML: {error}") from None
    rules = content.get("rule", [])
    if not isinstance(rules, list) or not all(isinstance(entry, dict) for entry in rules):
        raise RuleError("a rule is written [[rule]]")
    return content


def own_rule_table() -> RuleTable:
    """The rules that come with the project."""
    return read_rule_table(own_rules_text())


@cache
def own_rules_text() -> str:
    """The rules that come with the project, as they are written."""
    return Path(__file__).with_name("techniques.toml").read_text(encoding="utf-8")


def _rule(entry: Mapping[str, Any]) -> TechniqueRule:
    name = entry.get("id")
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        raise RuleError("a rule's id is a name of small letters, digits and underscores, 64 at most")
    if unknown := sorted(entry.keys() - _KEYS):
        raise RuleError(f"rule {name}: there is no {unknown[0]}; a rule has {', '.join(sorted(_KEYS))}")
    for key in ("technique", "description", "when"):
        if not entry.get(key):
            raise RuleError(f"rule {name}: {key} is missing")
    when = entry["when"]
    if not isinstance(when, list) or not all(isinstance(each, dict) and each for each in when):
        raise RuleError(f'rule {name}: when is a list of conditions: [{{ programs = "nmap" }}]')
    of_sessions = ["session" in each for each in when]
    if len(set(of_sessions)) > 1:
        raise RuleError(f"rule {name}: it asks for commands or for counts of a session, not for both")
    return TechniqueRule(
        name,
        _text(name, "technique", entry["technique"]),
        _text(name, "description", entry["description"]),
        frozenset(_text(name, "after", entry.get("after", "")).split()),
        () if of_sessions[0] else tuple(_alternative(name, each) for each in when),
        tuple(_count(name, each) for each in when) if of_sessions[0] else (),
        tuple(_example(name, each) for each in entry.get("matches", ())),
        tuple(_example(name, each) for each in entry.get("spares", ())),
    )


def _alternative(rule: str, given: Mapping[str, Any]) -> Alternative:
    conditions = [_condition(rule, key, value) for key, value in given.items() if key != "programs"]
    programs = _text(rule, "programs", given.get("programs", "")).split()
    if "programs" in given and not programs:
        raise RuleError(f"rule {rule}: programs names none")
    return Alternative(frozenset(programs), tuple(conditions))


def _condition(rule: str, key: str, value: object) -> Condition:
    if key not in _CONDITIONS:
        raise RuleError(f"rule {rule}: there is no condition {key}")
    asked, make = _CONDITIONS[key]
    if asked is bool and not isinstance(value, bool):
        raise RuleError(f"rule {rule}: {key} is true or false")
    if asked is str:
        value = _text(rule, key, value)
        if not value.strip():
            raise RuleError(f"rule {rule}: {key} names none")
    if asked is list and not (isinstance(value, list) and value and all(isinstance(e, str) and e for e in value)):
        raise RuleError(f'rule {rule}: {key} is a list of texts: ["/etc/cron"]')
    if key == "sign" and value not in _SIGNS:
        raise RuleError(f"rule {rule}: there is no sign {value}")
    return make(value)


def _count(rule: str, given: Mapping[str, Any]) -> Count:
    name, at_least = given["session"], given.get("at_least")
    if name not in SESSION_COUNTS or given.keys() != {"session", "at_least"}:
        raise RuleError(f"rule {rule}: a session is asked for at_least of one of {', '.join(sorted(SESSION_COUNTS))}")
    if type(at_least) is not int or not 0 < at_least < _MOST_COUNTED:
        raise RuleError(f"rule {rule}: at_least is a whole number above 0")
    return Count(name, at_least)


def _text(rule: str, key: str, value: object) -> str:
    if not isinstance(value, str):
        raise RuleError(f"rule {rule}: {key} is a text")
    return value


def _example(rule: str, given: object) -> Example:
    if isinstance(given, str):
        return given
    if isinstance(given, dict) and given.keys() <= SESSION_COUNTS and all(type(each) is int for each in given.values()):
        return given
    raise RuleError(f"rule {rule}: an example is a command, or counts of a session: {{ login_failures = 3 }}")


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


_lowered = lru_cache(maxsize=4)(str.lower)
"""Most rules ask the same run for its words."""


def _words(fragments: list[str]) -> Condition:
    wanted = tuple(fragment.lower() for fragment in fragments)

    def holds(run: Invocation) -> bool:
        typed = _lowered(run.typed)
        for fragment in wanted:  # noqa: SIM110  (a generator costs three times as much, and a run is asked often)
            if fragment in typed:
                return True
        return False

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


_CONDITIONS: Mapping[str, tuple[type, Callable[[Any], Condition]]] = {
    "words": (list, _words),
    "also": (list, _words),
    "without": (list, lambda fragments: _not(_words(fragments))),
    "arguments": (str, _arguments),
    "options": (str, signs.option),
    "options_absent": (str, lambda letters: _not(signs.option(letters))),
    "operand": (bool, _flag(signs.has_operand)),
    "bare": (bool, _flag(signs.bare)),
    "fed": (bool, _flag(lambda run: run.fed)),
    "writes": (bool, _flag(signs.writes_a_file)),
    "changes": (list, lambda fragments: signs.changes(*fragments)),
    "feeds": (str, _feeds),
    "feeds_not": (str, lambda programs: _not(_feeds(programs))),
    "sign": (str, _SIGNS.__getitem__),
    "not_programs": (str, lambda programs: _not(_program_among(programs))),
    "path": (list, lambda beginnings: lambda run: run.path.startswith(tuple(beginnings))),
    "wrappers": (str, lambda names: lambda run: not frozenset(names.split()).isdisjoint(run.wrappers)),
}
"""What may be asked of a program that runs, by its key in the table, each with the kind of value that it takes."""
