"""What a rule may ask of a program that runs (`Invocation`), or of a line as typed (docs/RULES.md).

There are no regular expressions: anyone's rule costs time linear in the length of the command.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from cowrie_assets.cowrie import signs
from cowrie_assets.cowrie.invocation import READ_CHARACTERS, SHELLS, Invocation

Condition = Callable[[Invocation], bool]
LineCondition = Callable[[str], bool]

_CONTROL = re.compile("[\x01-\x06\x0e-\x1a\x1c-\x1f\ufffd]")
_BINARY_CHARACTERS = 4
_FORK_BOMB = re.compile(r"([A-Za-z_:.]{1,32})\(\)\{\1\|\1&\};?\1")


def _is_fork_bomb(line: str) -> bool:
    head = line[:READ_CHARACTERS]
    return "()" in head and _FORK_BOMB.search("".join(head.split())) is not None


def _is_binary(line: str) -> bool:
    head = line[:READ_CHARACTERS]
    return not head.isprintable() and len(_CONTROL.findall(head)) >= _BINARY_CHARACTERS


LINES: Mapping[str, LineCondition] = {
    "binary": _is_binary,
    "fork_bomb": _is_fork_bomb,
    "unread": lambda line: len(line) > READ_CHARACTERS,
}
"""What may be asked of a line as typed, by the value of `line`."""

SIGNS: Mapping[str, Condition] = {
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
    "typed": lambda run: bool(run.typed),
    "whole_trees": signs.removes_whole_trees,
}
"""By the value of `sign`."""

lowered = lru_cache(maxsize=4)(str.lower)
"""Most rules ask the same run for its words."""


def _words(fragments: list[str]) -> Condition:
    wanted = tuple(fragment.lower() for fragment in fragments)

    def holds(run: Invocation) -> bool:
        typed = lowered(run.typed)
        for fragment in wanted:  # noqa: SIM110  (a generator costs three times as much, and a run is asked often)
            if fragment in typed:
                return True
        return False

    return holds


def _not(condition: Condition) -> Condition:
    return lambda run: not condition(run)


def _feeds(programs: list[str]) -> Condition:
    if programs == ["shell"]:
        return lambda run: run.feeds_shell or run.feeds in SHELLS
    wanted = frozenset(programs)
    return lambda run: run.feeds in wanted


def _not_among(programs: list[str]) -> Condition:
    names = frozenset(programs)
    return lambda run: run.program not in names


def _through(wrappers: list[str]) -> Condition:
    names = frozenset(wrappers)
    return lambda run: not names.isdisjoint(run.wrappers)


def _flag(condition: Condition) -> Callable[[bool], Condition]:
    return lambda wanted: condition if wanted else _not(condition)


class Names(list[str]):
    """A kind of value: names in one text, with blanks between; `@group` stands for those of a group of programs."""


CONDITIONS: Mapping[str, tuple[type, Callable[[Any], Condition]]] = {
    "words": (list, _words),
    "also": (list, _words),
    "without": (list, lambda fragments: _not(_words(fragments))),
    "arguments": (Names, lambda words: signs.has(*words)),
    "options": (str, signs.option),
    "options_absent": (str, lambda letters: _not(signs.option(letters))),
    "operand": (bool, _flag(signs.has_operand)),
    "bare": (bool, _flag(signs.bare)),
    "fed": (bool, _flag(lambda run: run.fed)),
    "writes": (bool, _flag(signs.writes_a_file)),
    "changes": (list, lambda fragments: signs.changes(*fragments)),
    "feeds": (Names, _feeds),
    "feeds_not": (Names, lambda programs: _not(_feeds(programs))),
    "hosts": (list, signs.fetches_from),
    "not_hosts": (list, signs.fetches_elsewhere),
    "sign": (str, SIGNS.__getitem__),
    "not_programs": (Names, _not_among),
    "path": (list, lambda beginnings: lambda run: run.path.startswith(tuple(beginnings))),
    "wrappers": (Names, _through),
}
"""What may be asked of a program that runs, by its key in the table, each with the kind of value that it takes."""
