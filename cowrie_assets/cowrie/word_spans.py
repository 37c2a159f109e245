"""A typed line split into simple commands and words, each with its place in the line: what is folded in place needs it.

`cowrie/shell_words.py` tells what a line runs, and takes quotes off; here the words stay as typed. Blanks of the line
are folded before: a newline is a blank. Linear in the length of the line, and total.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

_TOKEN = re.compile(
    r"""(?P<word>\$?'[^']*'|\$?"[^"\\]*+(?>(?:\\.[^"\\]*+)*)"|<[a-z0-9]{1,8}>|\\.|\$(?!\())
    |(?P<here_string><<<)
    |(?P<here_document><<-?\ ?(?P<quote>['"]?)(?P<delimiter>[^ '"|&;<>()]{1,64})(?P=quote))
    |(?P<redirect>[0-9]?(?:>>|>&|>\||<&|<>|<|>)|&>>?)
    |(?P<pipe>\|&?(?!\|))
    |(?P<list>\|\||&&|[;&`])
    |(?P<open>\$?\()
    |(?P<close>\))
    |(?P<blank>\ +)
    |(?P<plain>[^ '"\\$|&;<>()`]+|.)""",
    re.VERBOSE | re.DOTALL,
)
_QUOTES = re.compile(r"[\"'\\]")


class Word(NamedTuple):
    """A word as typed, quotes and backslashes included, and where it stands."""

    start: int
    end: int
    raw: str

    @property
    def text(self) -> str:
        """The word without quotes and backslashes."""
        return _QUOTES.sub("", self.raw)


@dataclass(slots=True, eq=False)
class Group:
    """What stands between parentheses or braces."""

    around: "Group | None"
    sink: "Stage | None" = None

    def takes_output(self) -> "Stage | None":
        """What takes the output of its commands; remembered, for groups nest as deep as a line is long."""
        passed: list[Group] = []
        group: Group | None = self
        while group is not None and group.sink is None:
            passed.append(group)
            group = group.around
        sink = None if group is None else group.sink
        for each in passed:
            each.around, each.sink = None, sink
        return sink


@dataclass(slots=True, eq=False)
class Stage:
    """A simple command."""

    group: Group | None = None

    words: list[Word] = field(default_factory=list)
    here: list[Word] = field(default_factory=list)
    """What its input is redirected from by `<<<` and `<<`."""
    sink: "Stage | None" = None

    def takes_output(self) -> "Stage | None":
        """The next command of its pipe, or of the pipe that its group is in. Asked when the line is read to its end."""
        return self.sink or (None if self.group is None else self.group.takes_output())


def stages_of(line: str, *, reads_document: Callable[[Stage], bool]) -> list[Stage]:
    """The simple commands of `line`, each before its sink.

    Of a here-document (`<<EOF`) the words are `here` where `reads_document` says so, else they are read like the rest.
    """
    return _Splitter(line, reads_document).split()


class _Splitter:
    def __init__(self, line: str, reads_document: Callable[[Stage], bool]) -> None:
        self.line = line
        self.reads_document = reads_document
        self.stages = [Stage()]
        self.group: Group | None = None
        self.closed: Group | None = None
        """The group that was closed last, as long as a pipe may follow it."""
        self.word_start = -1
        self.target: list[Word] | None = None
        """Where the next word goes that is none of the command's own."""

    def split(self) -> list[Stage]:
        position, length = 0, len(self.line)
        while position < length:
            match = _TOKEN.match(self.line, position)
            assert match is not None  # noqa: S101  (the last alternative takes any character)
            kind, start, position = match.lastgroup, position, match.end()
            if kind in ("word", "plain"):
                self.word_start = start if self.word_start < 0 else self.word_start
                continue
            self._end_word(start)
            if kind == "here_document":
                position = self._here_document(match["delimiter"], position)
            elif kind != "blank":
                self._operator(str(kind))
        self._end_word(length)
        return self.stages

    def _end_word(self, end: int) -> None:
        if self.word_start < 0:
            return
        word = Word(self.word_start, end, self.line[self.word_start : end])
        stage, self.word_start = self.stages[-1], -1
        if self.target is not None:
            self.target.append(word)
            self.target = None
        elif word.raw == "{" and not stage.words:
            self.group = stage.group = Group(self.group)
        elif word.raw == "}" and not stage.words:
            self._close()
        else:
            stage.words.append(word)

    def _operator(self, kind: str) -> None:
        if kind == "here_string":
            self.target = self.stages[-1].here
        elif kind == "redirect":
            self.target = []
        elif kind == "pipe":
            self._pipe()
        elif kind == "open":
            self.group = Group(self.group)
            self._begin()
        elif kind == "close":
            self._begin()
            self._close()
        else:
            self._begin()

    def _begin(self) -> None:
        self.stages.append(Stage(self.group))
        self.closed, self.target = None, None

    def _close(self) -> None:
        """The stage at hand stands behind the group."""
        if self.group is not None:
            self.closed, self.group = self.group, self.group.around
            self.stages[-1].group = self.group

    def _pipe(self) -> None:
        before, closed = self.stages[-1], self.closed
        self._begin()
        before.sink = self.stages[-1]
        if closed is not None and not before.words:
            closed.sink = self.stages[-1]

    def _here_document(self, delimiter: str, position: int) -> int:
        """Take in the document that begins at `position`; tells where it ends."""
        stage = self.stages[-1]
        if not self.reads_document(stage):
            return position
        found = self.line.find(f" {delimiter}", position)
        end = len(self.line) if found < 0 else found
        document = re.finditer("[^ ]+", self.line[position:end])
        stage.here += [Word(position + each.start(), position + each.end(), each[0]) for each in document]
        return end if found < 0 else found + 1 + len(delimiter)
