"""What a typed line really runs: the programs behind paths, wrappers, `sh -c` and text that is piped into a shell.

`LC_ALL=C sudo -u root nohup /bin/busybox wget http://x` runs `wget`, and so does
`echo d2dldCBodHRwOi8veA== | base64 -d | sh`.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from cowrie_assets.cowrie.shell_words import SimpleCommand, simple_commands, unescape

READ_CHARACTERS = 65_536
"""So much of a line is read, and as much again of what it hides in quotes; the longest real command has 60,039."""
WORD_END = 1_024
"""Of a word twice as long and longer, data most often, so many characters at each end are looked at."""
MAX_DEPTH = 4
"""How deep `sh -c` in `sh -c` and encoded text in encoded text is followed."""

SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh", "ksh", "csh", "tcsh", "fish"})
_EVALUATORS = SHELLS | {"eval", "source", "."}
_SCRIPT_OPTION = re.compile(r"-[a-z]*c")
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}\+?=")
_KEYWORDS = frozenset({"if", "then", "elif", "else", "while", "until", "do", "!", "{", "time", "coproc"})

_WRAPPERS: dict[str, tuple[str, int]] = {
    "busybox": ("", 0),
    "toybox": ("", 0),
    "sudo": ("ugpChDTrt", 0),
    "doas": ("uC", 0),
    "env": ("uCS", 0),
    "nohup": ("", 0),
    "exec": ("a", 0),
    "command": ("", 0),
    "builtin": ("", 0),
    "nice": ("n", 0),
    "ionice": ("cnp", 0),
    "setsid": ("", 0),
    "stdbuf": ("ioe", 0),
    "timeout": ("ks", 1),
    "chroot": ("", 1),
    "taskset": ("", 1),
    "flock": ("wE", 1),
    "xargs": ("InLPsdEa", 0),
    "strace": ("epoO", 0),
    "unbuffer": ("", 0),
    "proxychains": ("f", 0),
    "proxychains4": ("f", 0),
}
"""Programs that run another: letters of the options that take a value, and how many words stand before the other."""

_BASE64 = re.compile(r"[A-Za-z0-9+/]{12,}={0,2}")


class Invocation(NamedTuple):
    """One program that runs, with what is around it."""

    program: str
    """Without its folders; empty for a subshell."""
    path: str
    """As typed."""
    arguments: tuple[str, ...]
    wrappers: tuple[str, ...]
    """What it was run through, outermost first: `("sudo", "busybox")`."""
    writes: tuple[str, ...]
    """Files that its output is redirected to."""
    typed: str
    """All its words, with assignments, wrappers and redirected files; of a long word only its ends."""
    feeds: str
    """The program that takes its output, or empty."""
    feeds_shell: bool
    """A shell runs its output, at once or at the end of the pipe."""
    fed: bool = False
    """It is given another program's output."""


def invocations(line: str) -> list[Invocation]:
    """Every program that `line` runs, also in `sh -c`, `eval`, here-strings and plain or base64 text fed to a shell."""
    found: list[Invocation] = []
    waiting = [(line[:READ_CHARACTERS], 0)]
    hidden_left = READ_CHARACTERS
    while waiting:
        text, depth = waiting.pop()
        runs = _runs(simple_commands(text))
        found.extend(run.invocation for run in runs)
        if depth == MAX_DEPTH:
            continue
        for hidden in _hidden_lines(runs):
            waiting.append((hidden[:hidden_left], depth + 1))
            hidden_left = max(0, hidden_left - len(hidden))
    return found


class _Run(NamedTuple):
    invocation: Invocation
    here: str
    decoded: bool
    """Its output is base64-decoded on the way to the shell."""


def _runs(commands: list[SimpleCommand]) -> list[_Run]:
    """The commands resolved; backwards, because each stands before its sink."""
    known: dict[SimpleCommand, _Run] = {}
    fed = {command.sink for command in commands}
    for command in reversed(commands):
        program, path, arguments, wrappers = _resolve(command.words)
        sink = known.get(command.sink) if command.sink is not None else None
        feeds, feeds_shell, decoded = "", False, False
        if sink is not None:
            target = sink.invocation
            feeds = target.program
            feeds_shell = target.feeds_shell or feeds in _EVALUATORS
            decoded = sink.decoded or decodes_base64(target)
        typed = " ".join([_without_middle(word) for word in (*command.words, *command.writes, *command.reads)])
        writes = tuple(command.writes)
        is_fed = command in fed
        invocation = Invocation(program, path, arguments, wrappers, writes, typed, feeds, feeds_shell, is_fed)
        known[command] = _Run(invocation, command.here, decoded)
    return list(reversed(known.values()))


def _without_middle(word: str) -> str:
    return word if len(word) <= 2 * WORD_END else f"{word[:WORD_END]} {word[-WORD_END:]}"


def _resolve(words: list[str]) -> tuple[str, str, tuple[str, ...], tuple[str, ...]]:
    """Program, path as typed, arguments and wrappers of a simple command."""
    wrappers: list[str] = []
    index, count = 0, len(words)
    while index < count:
        word = words[index]
        if word in _KEYWORDS or ("=" in word and _ASSIGNMENT.match(word)):
            index += 1
            continue
        program = word.rsplit("/", 1)[-1]
        wrapper = _WRAPPERS.get(program)
        behind = _behind(words, index + 1, wrapper) if wrapper else count
        if behind >= count:
            return program, word, tuple(words[index + 1 :]), tuple(wrappers)
        wrappers.append(program)
        index = behind
    return "", "", (), tuple(wrappers)


def _behind(words: list[str], index: int, wrapper: tuple[str, int]) -> int:
    """Where the wrapped program stands."""
    with_value, operands = wrapper
    while index < len(words):
        word = words[index]
        if word.startswith("-") and len(word) > 1:
            index += 2 if len(word) == 2 and word[1] in with_value else 1  # noqa: PLR2004  (a dash and one letter)
        elif _ASSIGNMENT.match(word):
            index += 1
        elif operands:
            operands -= 1
            index += 1
        else:
            break
    return index


def _hidden_lines(runs: list[_Run]) -> Iterator[str]:
    """Texts among the words that a shell would read as lines."""
    for run in runs:
        program, arguments = run.invocation.program, run.invocation.arguments
        if program in SHELLS or program == "su":
            yield from filter(None, (_script(arguments), run.here))
        elif program == "eval":
            yield " ".join(arguments)
        elif run.invocation.feeds_shell and program in {"echo", "printf"}:
            text = unescape(" ".join(arguments))
            yield _decode_base64(text) if run.decoded else text
        elif run.invocation.feeds_shell and run.here and decodes_base64(run.invocation):
            yield _decode_base64(run.here)


def _script(arguments: tuple[str, ...]) -> str:
    """What stands behind `-c`."""
    for option, script in pairwise(arguments):
        if _SCRIPT_OPTION.fullmatch(option):
            return script
    return ""


def decodes_base64(invocation: Invocation) -> bool:
    """Whether it turns base64 on its input into what that stands for."""
    if invocation.program == "base64":
        return any(word in {"-d", "-D", "-di", "--decode"} for word in invocation.arguments)
    return invocation.program == "openssl" and "base64" in invocation.arguments and "-d" in invocation.arguments


def _decode_base64(text: str) -> str:
    """The base64 words of `text` decoded; empty where there are none."""
    decoded = []
    for word in _BASE64.findall(text):
        try:
            decoded.append(base64.b64decode(word.rstrip("=") + "=" * (-len(word.rstrip("=")) % 4)))
        except binascii.Error:
            continue
    return b"\n".join(decoded).decode("utf-8", "replace")
