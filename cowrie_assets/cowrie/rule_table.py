"""Rules that say what a typed command does, and what of it they conclude: a technique of MITRE ATT&CK, a risk, or both.

They are read from TOML (docs/RULES.md). A rule matches a program that runs (`Invocation`) where one of its alternatives
does, and an alternative where each of its conditions does.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from cowrie_assets.cowrie.rule_conditions import CONDITIONS, LINES, SIGNS, Condition, LineCondition, Names
from cowrie_assets.errors import UserError

Example = str | Mapping[str, int]
"""A command as typed, or counts of a session."""

SESSION_COUNTS = frozenset(
    {"login_failures", "login_successes", "file_downloads", "file_downloads_failed", "file_uploads", "tunnel_requests"}
)
"""What of a session may be counted, by the names of its columns."""

_KEYS = frozenset({"id", "technique", "score", "description", "after", "when", "matches", "spares"})
_CHAIN_KEYS = frozenset({"id", "bonus", "description", "needs", "matches", "spares"})
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_MOST_COUNTED = 2**31
"""What a count of the tables has room for."""
_MOST_RULES = 2_000
"""Each costs every command some of its time."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Conditions of which each must hold for one program that runs."""

    programs: frozenset[str]
    """The programs that it is about; empty for any."""
    conditions: tuple[Condition, ...]
    words: tuple[str, ...] = ()
    """In lower case: one of them stands among its words; without any, no matter."""


@dataclass(frozen=True, slots=True)
class Count:
    """How often a session must have done something that is no command."""

    name: str
    """One of `SESSION_COUNTS`."""
    at_least: int


@dataclass(frozen=True, slots=True)
class Rule:
    """What a command or a session does, and what this is."""

    name: str
    technique: str
    """Its id in the current version of ATT&CK; empty of a rule on risk alone."""
    score: int | None
    """0 to 100: what a command that matches scores at least; None of a rule on a technique alone."""
    description: str
    after: frozenset[str]
    """Techniques of which the session must have shown one before: what it removes, it brought. Empty for none."""
    alternatives: tuple[Alternative, ...]
    """Of the programs that a command runs."""
    lines: tuple[LineCondition, ...]
    """Of the command as typed: one of them holds."""
    counts: tuple[Count, ...]
    """Of sessions: one of them is reached."""
    matches: tuple[Example, ...]
    """What must match, and what must not: a test looks at them."""
    spares: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """Steps that are worse together than alone: a rule of each group matched."""

    name: str
    bonus: int
    description: str
    groups: tuple[frozenset[str], ...]
    """Of ids of rules that have a score."""
    matches: tuple[Example, ...]
    spares: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class RuleTable:
    """The rules of a file, and what it says of programs."""

    version: int
    rules: tuple[Rule, ...]
    chains: tuple[Chain, ...] = ()
    preparing: frozenset[str] = frozenset()
    """Programs without a goal of their own that belong to what follows them: `cd`, `chmod`."""
    filtering: frozenset[str] = frozenset()
    """Those that belong to what they are piped: `grep`, `wc`."""
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Lists of programs, by the name that rules use: `@downloaders`."""


class RuleError(UserError, ValueError):
    """A rule table says what cannot be understood."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        """Of the text, where it is known: from 1."""


def read_rule_table(text: str, groups: Mapping[str, tuple[str, ...]] | None = None) -> RuleTable:
    """The rule table that `text` (TOML) holds; `groups` of programs are known to its rules beside its own.

    Raises RuleError, which names the rule and its line, for what is not understood.
    """
    content = parsed(text)
    known = _groups(content.get("programs", {}), groups or {})
    if len(content.get("rule", [])) + len(content.get("chain", [])) > _MOST_RULES:
        raise RuleError(f"there are more than {_MOST_RULES:,} rules")
    reader = _Reader(text, known)
    rules = tuple(map(reader.rule, content.get("rule", [])))
    chains = tuple(map(reader.chain, content.get("chain", [])))
    for what, names in (("rule", [rule.name for rule in rules]), ("chain", [chain.name for chain in chains])):
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise RuleError(f"there is more than one {what} {twice[0]}", line_of(text, twice[0]))
    return RuleTable(
        int(content.get("version", 0)),
        rules,
        chains,
        frozenset(str(content.get("preparing", "")).split()),
        frozenset(str(content.get("filtering", "")).split()),
        known,
    )


def parsed(text: str) -> Mapping[str, Any]:
    """What TOML says. Raises RuleError where it is none, or where `rule` or `chain` is no list of tables."""
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise RuleError(f"it is no TOML: {error}") from None
    for name in ("rule", "chain"):
        tables = content.get(name, [])
        if not isinstance(tables, list) or not all(isinstance(entry, dict) for entry in tables):
            raise RuleError(f"a {name} is written [[{name}]]")
    return content


def line_of(text: str, name: str) -> int | None:
    """The line of TOML in which a rule, chain or technique is named, from 1; None where it is written unusually."""
    found = re.search(rf"""^[ \t]*(?:id[ \t]*=[ \t]*|\[techniques\.)["']{re.escape(name)}["']""", text, re.MULTILINE)
    return None if found is None else text.count("\n", 0, found.end()) + 1


@cache
def project_text(name: str) -> str:
    """The rules that come with the project as they are written: `techniques` or `risk`."""
    return Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8")


@cache
def project_table(name: str) -> RuleTable:
    """The rules that come with the project: `techniques` or `risk`."""
    return read_rule_table(project_text(name))


def _groups(given: object, known: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Those that are known and those given, of which each may hold `@groups` that stand before it."""
    groups = dict(known)
    if not isinstance(given, dict) or not all(isinstance(names, str) and names.split() for names in given.values()):
        raise RuleError('groups of programs are written under [programs]: fetchers = "wget curl"')
    for group, names in given.items():
        try:
            groups[group] = tuple(_with_groups(names, groups))
        except KeyError as error:
            raise RuleError(f"[programs] {group}: there is no group of programs {error.args[0]} before it") from None
    return groups


def _with_groups(names: str, groups: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The names, in place of `@group` those of the group. Raises KeyError with one that is not known."""
    found: list[str] = []
    for name in names.split():
        if not name.startswith("@"):
            found.append(name)
        elif name[1:] in groups:
            found += groups[name[1:]]
        else:
            raise KeyError(name)
    return found


class _Reader:
    """Reads rules and chains of one file."""

    def __init__(self, text: str, groups: Mapping[str, tuple[str, ...]]) -> None:
        self._text = text
        self._groups = groups
        self._what, self._name = "", ""

    def rule(self, entry: Mapping[str, Any]) -> Rule:
        name = self._begin("rule", entry, _KEYS)
        if not entry.get("technique") and entry.get("score") is None:
            raise self._fault("technique is missing, or score, or both")
        for key in ("description", "when"):
            if not entry.get(key):
                raise self._fault(f"{key} is missing")
        when = entry["when"]
        if not isinstance(when, list) or not all(isinstance(each, dict) and each for each in when):
            raise self._fault('when is a list of conditions: [{ programs = "nmap" }]')
        of_sessions = ["session" in each for each in when]
        if len(set(of_sessions)) > 1:
            raise self._fault("it asks for commands or for counts of a session, not for both")
        if entry.get("after") and not entry.get("technique"):
            raise self._fault("after goes with a technique")
        score = entry.get("score")
        if score is not None and of_sessions[0]:
            raise self._fault("counts of a session have no score")
        return Rule(
            name,
            self._str("technique", entry.get("technique", "")),
            None if score is None else self._points("score", score),
            self._str("description", entry["description"]),
            frozenset(self._str("after", entry.get("after", "")).split()),
            () if of_sessions[0] else tuple(self._alternative(each) for each in when if "line" not in each),
            tuple(self._line_condition(each) for each in when if "line" in each),
            tuple(map(self._count, when)) if of_sessions[0] else (),
            tuple(map(self._example, self._list("matches", entry))),
            tuple(map(self._example, self._list("spares", entry))),
        )

    def chain(self, entry: Mapping[str, Any]) -> Chain:
        name = self._begin("chain", entry, _CHAIN_KEYS)
        needs = self._list("needs", entry)
        if not all(isinstance(group, str) and group.split() for group in needs) or len(needs) < 2:  # noqa: PLR2004
            raise self._fault('needs is a list of two groups of rules or more: ["download", "dropped_file miner"]')
        return Chain(
            name,
            self._points("bonus", entry.get("bonus")),
            self._str("description", entry.get("description") or None),
            tuple(frozenset(group.split()) for group in needs),
            tuple(map(self._example, self._list("matches", entry))),
            tuple(map(self._example, self._list("spares", entry))),
        )

    def _begin(self, what: str, entry: Mapping[str, Any], keys: frozenset[str]) -> str:
        name = entry.get("id")
        if not isinstance(name, str) or _NAME.fullmatch(name) is None:
            raise RuleError(f"a {what}'s id is a name of small letters, digits and underscores, 64 at most")
        self._what, self._name = what, name
        if unknown := sorted(entry.keys() - keys):
            raise self._fault(f"there is no {unknown[0]}; a {what} has {', '.join(sorted(keys))}")
        return name

    def _fault(self, message: str) -> RuleError:
        return RuleError(f"{self._what} {self._name}: {message}", line_of(self._text, self._name))

    def _alternative(self, given: Mapping[str, Any]) -> Alternative:
        programs = self._names("programs", given["programs"]) if "programs" in given else []
        conditions = [(key, self._condition(key, value)) for key, value in given.items() if key != "programs"]
        if programs or "words" not in given:
            return Alternative(frozenset(programs), tuple(condition for _, condition in conditions))
        others = tuple(condition for key, condition in conditions if key != "words")
        return Alternative(frozenset(), others, tuple(word.lower() for word in given["words"]))

    def _condition(self, key: str, value: object) -> Condition:
        if key not in CONDITIONS:
            raise self._fault(f"there is no condition {key}")
        asked, make = CONDITIONS[key]
        if asked is Names:
            return make(self._names(key, value))
        if asked is bool and not isinstance(value, bool):
            raise self._fault(f"{key} is true or false")
        if asked is str and not self._str(key, value).strip():
            raise self._fault(f"{key} names none")
        if asked is list and not (isinstance(value, list) and value and all(isinstance(e, str) and e for e in value)):
            raise self._fault(f'{key} is a list of texts: ["/etc/cron"]')
        if key == "sign" and value not in SIGNS:
            raise self._fault(f"there is no sign {value}")
        return make(value)

    def _names(self, key: str, value: object) -> list[str]:
        try:
            names = _with_groups(self._str(key, value), self._groups)
        except KeyError as error:
            raise self._fault(f"{key}: there is no group of programs {error.args[0]}") from None
        if not names:
            raise self._fault(f"{key} names none")
        return names

    def _line_condition(self, given: Mapping[str, Any]) -> LineCondition:
        if given.keys() != {"line"} or not isinstance(given["line"], str) or given["line"] not in LINES:
            raise self._fault(f"a line is asked for one of {', '.join(sorted(LINES))}, and for nothing else")
        return LINES[given["line"]]

    def _count(self, given: Mapping[str, Any]) -> Count:
        name, at_least = given["session"], given.get("at_least")
        if not isinstance(name, str) or name not in SESSION_COUNTS or given.keys() != {"session", "at_least"}:
            raise self._fault(f"a session is asked for at_least of one of {', '.join(sorted(SESSION_COUNTS))}")
        if type(at_least) is not int or not 0 < at_least < _MOST_COUNTED:
            raise self._fault("at_least is a whole number above 0")
        return Count(name, at_least)

    def _points(self, key: str, given: object) -> int:
        if type(given) is not int or not 0 <= given <= 100:  # noqa: PLR2004
            raise self._fault(f"{key} is a whole number from 0 to 100")
        return given

    def _list(self, key: str, entry: Mapping[str, Any]) -> list[Any]:
        given = entry.get(key, [])
        if not isinstance(given, list):
            raise self._fault(f"{key} is a list")
        return given

    def _str(self, key: str, value: object) -> str:
        if not isinstance(value, str):
            raise self._fault(f"{key} is a text")
        return value

    def _example(self, given: object) -> Example:
        if isinstance(given, str):
            return given
        if isinstance(given, dict) and given.keys() <= SESSION_COUNTS and all(type(e) is int for e in given.values()):
            return given
        raise self._fault("an example is a command, or counts of a session: { login_failures = 3 }")
