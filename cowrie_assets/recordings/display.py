"""What of an attacker's output may reach a terminal: characters, colours and the moves of the cursor, nothing else.

A terminal obeys what it is shown: it gives its title or clipboard away, answers questions as if its user had typed,
prints, changes its fonts and its size. So sequences are let through by a list of those that only draw, with parameters
of a few digits, and everything else is taken out: OSC, DCS, APC, PM and SOS strings with what they hold, questions,
modes but two, resets, what empties the lines above the screen, and every control character but tab, backspace, carriage
return and line feed.
"""

import re
from enum import Enum, auto

RESTORE = "\x1b[0m\x1b(B\x1b[?7h\x1b[?25h\x1b7\x1b[r\x1b8"
"""What takes back all that a filtered output can change: colours, characters, wrapping, cursor, margins."""
_LONGEST_SEQUENCE = 40
_DRAWS = re.compile(r"\[(?:[0-9]{0,4}(?:;[0-9]{0,4}){0,16}[@ABCDEFGHKLMPSTXZ`adefmr]|[012]?J)")
_MODES = re.compile(r"\[\?(?:7|25)[hl]")
_ONE_CHARACTER = frozenset("78DEM")
_CHARACTER_SET = re.compile(r"\([0B]")
_STRINGS = frozenset("]P^_X")
_C1_STRINGS = frozenset("\x90\x98\x9d\x9e\x9f")
_LET_THROUGH = frozenset("\t\b\r\n")
_BELL, _ESCAPE, _C1_END = "\x07", "\x1b", "\x9c"


class _State(Enum):
    TEXT = auto()
    ESCAPE = auto()
    SEQUENCE = auto()
    """Within a control sequence."""
    CHARACTER_SET = auto()
    STRING = auto()
    STRING_ESCAPE = auto()
    """Behind an escape within a string: `\\` ends it."""


class DisplayFilter:
    """Takes out of a text, piece by piece, what does more to a terminal than draw. A sequence may be torn over pieces;
    how long one is costs no memory."""

    def __init__(self) -> None:
        self._state = _State.TEXT
        self._sequence = ""
        self.removed = 0
        """How many sequences and characters were taken out."""

    def feed(self, text: str) -> str:
        """What of `text` may be shown."""
        return "".join(map(self._take, text))

    def _take(self, char: str) -> str:
        match self._state:
            case _State.TEXT:
                return self._text(char)
            case _State.ESCAPE:
                return self._escape(char)
            case _State.SEQUENCE:
                return self._control_sequence(char)
            case _State.CHARACTER_SET:
                self._state = _State.TEXT
                return self._allowed(f"({char}", _CHARACTER_SET)
            case _State.STRING:
                if char in (_BELL, _C1_END):
                    self._state = _State.TEXT
                elif char == _ESCAPE:
                    self._state = _State.STRING_ESCAPE
            case _State.STRING_ESCAPE:
                if char == "\\":
                    self._state = _State.TEXT
                else:  # an escape ends a string for many terminals: what follows it is read as a sequence
                    self._state = _State.ESCAPE
                    return self._escape(char)
        return ""

    def _text(self, char: str) -> str:
        if char.isprintable() or char in _LET_THROUGH:
            return char
        if char == _ESCAPE:
            self._state = _State.ESCAPE
            return ""
        self.removed += 1
        if char in _C1_STRINGS:
            self._state = _State.STRING
        return "" if char < " " or "\x7f" <= char <= "\x9f" else "\ufffd"

    def _escape(self, char: str) -> str:
        self._state = _State.TEXT
        if char == "[":
            self._state, self._sequence = _State.SEQUENCE, "["
        elif char == "(":
            self._state = _State.CHARACTER_SET
        elif char in _STRINGS:
            self._state = _State.STRING
            self.removed += 1
        elif char in _ONE_CHARACTER:
            return _ESCAPE + char
        elif char == _ESCAPE:
            self._state = _State.ESCAPE
        else:
            self.removed += 1
        return ""

    def _control_sequence(self, char: str) -> str:
        if char == _ESCAPE:
            self._state = _State.ESCAPE
            self.removed += 1
            return ""
        if not " " <= char <= "~":  # a terminal obeys a control character within a sequence
            self._state = _State.TEXT
            self.removed += 1
            return self._text(char) if char in _LET_THROUGH else ""
        if len(self._sequence) < _LONGEST_SEQUENCE:
            self._sequence += char
        if "@" <= char <= "~":
            self._state = _State.TEXT
            whole = self._sequence if self._sequence.endswith(char) else ""
            return self._allowed(whole, _MODES if whole.startswith("[?") else _DRAWS)
        return ""

    def _allowed(self, sequence: str, pattern: re.Pattern[str]) -> str:
        if pattern.fullmatch(sequence):
            return _ESCAPE + sequence
        self.removed += 1
        return ""
