"""Splitting a typed line into the simple commands that a shell would run, without running anything.

Quotes and backslashes are taken off, so `w'g'et`, `w\\get` and `wget` are one word. Lists (`;`, `&&`, `||`, `&`,
newline), pipes, subshells, `$(...)`, backticks and `<(...)` each give commands of their own. What a shell would refuse
is still read, as an attacker's line may be cut anywhere: a quote that never closes is an ordinary character. The work
grows linearly with the length of the line.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

_OUTSIDE = re.compile(
    r"""(?P<open>[$<>]?\()
    |(?P<redirect>[0-9]{0,2}(?:<<<|<<-?|<&|<>|<|>>|>\||>&|>)|&>>?)
    |(?P<plain>[^ \t\r\n\f\v'"\\`$;&|()<>\#]+)(?P<plain_and_blank>[ \t\r\f\v]+)?
    |(?P<blank>[ \t\r\f\v]+)
    |'(?P<single>[^']*)'
    |(?P<quote>")
    |(?P<continued>\\\n)
    |\\(?P<escaped>.)
    |\$'(?P<ansi>(?:[^'\\]|\\.)*)'
    |(?P<separator>\$\{?IFS(?![A-Za-z0-9_])[^}\s]{0,16}\}|\$IFS(?![A-Za-z0-9_]))
    |(?P<nothing>\$(?:[0-9@*]|\{[0-9@*]\}))
    |(?P<braced>\$\{[^}]{0,128}\})
    |(?P<close>\))
    |(?P<backtick>`)
    |(?P<pipe>\|&?(?!\|))
    |(?P<list>\|\||&&|[;&\n])[ \t\r\f\v]*
    |(?P<hash>\#)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_IN_QUOTES = re.compile(
    r"""(?P<plain>[^"\\`$]+)|(?P<quote>")|(?P<continued>\\\n)|\\(?P<escaped>["\\`$])|(?P<open>\$\()|(?P<backtick>`)|(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{1,2})|0?([0-7]{1,3})|(.))", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "v": "\v"}


@dataclass(slots=True, eq=False)
class SimpleCommand:
    """One program and its words, as the shell hands them over; without words it is a subshell or a bare redirection.

    What a substitution gives is not known: it is an empty part of a word.
    """

    words: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    """Files that its output is redirected to."""
    reads: list[str] = field(default_factory=list)
    """Files that its input is redirected from."""
    here: str = ""
    """The text of a here-string (`<<<`)."""
    sink: "SimpleCommand | None" = None
    """What takes its output: the next of the pipe, or the command around `$(...)`, backticks, `<(...)`, a subshell."""
    encloses: bool = False
    """Another command's `sink` may be this one, by substitution."""


def simple_commands(line: str) -> list[SimpleCommand]:
    """The simple commands of `line`, each before its `sink`. Total: any string gives a list."""
    return _Splitter(line.replace("\0", "")).split()


def unescape(text: str) -> str:
    """`text` with `\\xHH`, octal and letter escapes replaced, as `echo -e`, `printf` and `$'...'` do."""
    return _ESCAPE.sub(_unescape_one, text) if "\\" in text else text


def _unescape_one(match: re.Match[str]) -> str:
    hexadecimal, octal, letter = match.groups()
    if hexadecimal is not None:
        return chr(int(hexadecimal, 16))
    if octal is not None:
        return chr(int(octal, 8) & 0xFF)
    return _LETTERS.get(letter, letter)


@dataclass(slots=True, eq=False)
class _Frame:
    """A nesting level: the line itself, or the inside of a substitution or a subshell."""

    closer: str
    owner: SimpleCommand | None
    command: SimpleCommand = field(default_factory=SimpleCommand)
    word: list[str] | None = None
    redirect: str = ""
    quoted: bool = False


class _Splitter:
    def __init__(self, line: str) -> None:
        self.line = line
        self.position = 0
        self.commands: list[SimpleCommand] = []
        self.frames = [_Frame("", None)]
        self.frame = self.frames[0]

    def split(self) -> list[SimpleCommand]:
        line, length = self.line, len(self.line)
        while self.position < length:
            match = (_IN_QUOTES if self.frame.quoted else _OUTSIDE).match(line, self.position)
            assert match is not None  # noqa: S101  (both patterns end in an alternative that takes any character)
            self.position = match.end()
            kind = match.lastgroup
            if kind == "plain_and_blank":
                self._literal(match["plain"])
                self._end_word()
            elif kind is not None:
                _HANDLERS[kind](self, match[kind])
        while self.frames:
            self.frame = self.frames[-1]
            self._end_command()
            self.frames.pop()
        return self.commands

    def _literal(self, text: str) -> None:
        word = self.frame.word
        if word is None:
            self.frame.word = [text]
        else:
            word.append(text)

    def _quote(self, text: str) -> None:
        frame = self.frame
        if not frame.quoted and self.line.find('"', self.position) < 0:
            self._literal(text)
            return
        frame.quoted = not frame.quoted
        self._literal("")

    def _substitution(self, closer: str) -> None:
        self._literal("")
        self._open(closer)

    def _open(self, closer: str) -> None:
        owner = self.frame.command
        owner.encloses = True
        self.frame = _Frame(closer, owner)
        self.frames.append(self.frame)

    def _close(self, text: str) -> None:
        self._end_command()
        if self.frame.closer == text:
            self.frames.pop()
            self.frame = self.frames[-1]

    def _backtick(self, text: str) -> None:
        if self.frame.closer == text:
            self._close(text)
        else:
            self._substitution(text)

    def _redirect(self, text: str) -> None:
        self._end_word()
        self.frame.redirect = text.lstrip("0123456789")

    def _hash(self, text: str) -> None:
        if self.frame.word is not None:
            self._literal(text)
            return
        end_of_line = self.line.find("\n", self.position)
        self.position = len(self.line) if end_of_line < 0 else end_of_line

    def _end_word(self) -> None:
        frame = self.frame
        if frame.word is None:
            return
        word = "".join(frame.word)
        frame.word = None
        if not frame.redirect:
            frame.command.words.append(word)
            return
        operator, frame.redirect = frame.redirect, ""
        if operator == "<<<":
            frame.command.here = word
        elif ">" in operator and not (operator == ">&" and (word.isdigit() or word == "-")):
            frame.command.writes.append(word)
        elif operator == "<":
            frame.command.reads.append(word)

    def _end_command(self, *, piped: bool = False) -> None:
        self._end_word()
        frame = self.frame
        command, frame.command, frame.redirect = frame.command, SimpleCommand(), ""
        command.sink = frame.command if piped else frame.owner
        if command.words or command.writes or command.here or command.encloses:
            self.commands.append(command)


_HANDLERS: dict[str, Callable[[_Splitter, str], None]] = {
    **dict.fromkeys(("plain", "single", "escaped", "braced", "other"), _Splitter._literal),
    **dict.fromkeys(("blank", "separator"), lambda splitter, text: splitter._end_word()),
    **dict.fromkeys(("continued", "nothing"), lambda splitter, text: None),
    "ansi": lambda splitter, text: splitter._literal(unescape(text)),
    "quote": _Splitter._quote,
    "open": lambda splitter, text: splitter._open(")") if text == "(" else splitter._substitution(")"),
    "close": _Splitter._close,
    "backtick": _Splitter._backtick,
    "redirect": _Splitter._redirect,
    "pipe": lambda splitter, text: splitter._end_command(piped=True),
    "list": lambda splitter, text: splitter._end_command(),
    "hash": _Splitter._hash,
}
"""What is done with each kind of token, by its group's name in the patterns above."""
