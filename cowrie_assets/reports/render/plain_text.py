"""Attackers' text made harmless: nothing in it steers a screen, hides, or can be clicked."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from cowrie_assets.printable import escaped
from cowrie_assets.reports.render.defang import defang

_NOT_PLAIN = re.compile(r"[^ -~]")
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_MORE = "..."


def harmless(text: str, *, is_name: bool = False) -> str:
    """`text` on one line, defanged; what does not stand still on a screen is an escape: `\\n`, `\\x1b`, `\\u202e`.

    Those are control characters, line separators, combining, zero-width and bidi marks, blank letters, private-use and
    unassigned characters, lone surrogates. Letters of scripts that run from right to left stay: HTML isolates them.
    `is_name` is as `defang` has it.
    """
    return _NOT_PLAIN.sub(_shown, defang(text, is_name=is_name))


def quoted(shown: str, text: str) -> str:
    """`shown`, in quotes where `text`, which it shows, is empty or has a space at an end."""
    return f'"{shown}"' if not text or text[0] == " " or text[-1] == " " else shown


def fit(text: str, columns: int, *, is_name: bool = False) -> str:
    """`text` as `wrap` shows it, in one line."""
    return wrap(text, columns, lines=1, is_name=is_name)[0]


def wrap(text: str, columns: int, *, lines: int, is_name: bool = False) -> list[str]:
    """`text`, defanged, in one to `lines` lines of at most `columns` (13 or more), ending in `...` where it is cut.

    Escaped is what `harmless` escapes, and text from right to left: a terminal would turn its line around. An empty
    text, and one with a space at an end, is put in quotes. `is_name` is as `defang` has it.
    """
    shown = quoted(defang(text[: columns * lines + 1], is_name=is_name), text)
    if _NOT_PLAIN.search(shown):
        return _wrap_cells([_cell(char) for char in shown], columns, lines)
    rows = [shown[start : start + columns] for start in range(0, min(len(shown), columns * lines), columns)]
    if len(shown) > columns * lines:
        rows[-1] = rows[-1][: columns - len(_MORE)] + _MORE
    return rows


def _wrap_cells(cells: list[str], columns: int, lines: int) -> list[str]:
    """As `wrap`; an escape is never torn."""
    rows: list[list[str]] = [[]]
    used = 0
    for cell in cells:
        if used + width(cell) > columns:
            rows.append([])
            used = 0
        rows[-1].append(cell)
        used += width(cell)
    if len(rows) > lines:
        del rows[lines:]
        while width(rows[-1]) > columns - len(_MORE):
            rows[-1].pop()
        rows[-1].append(_MORE)
    return ["".join(row) for row in rows]


def width(shown: Iterable[str]) -> int:
    """Columns that harmless text takes on a terminal: two for a wide character of East Asia."""
    if isinstance(shown, str) and shown.isascii():
        return len(shown)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for cell in shown for char in cell)


def pad(shown: str, columns: int) -> str:
    """Harmless text with spaces behind it, `columns` wide."""
    return shown + " " * (columns - width(shown))


def _cell(char: str) -> str:
    """One character as a terminal can show it."""
    if char.isascii() and char.isprintable():
        return char
    turns = unicodedata.bidirectional(char) in _RIGHT_TO_LEFT
    return char if _stands_still(char) and not turns else escaped(char)


def _shown(match: re.Match[str]) -> str:
    return match[0] if _stands_still(match[0]) else escaped(match[0])


@lru_cache(maxsize=4096)
def _stands_still(char: str) -> bool:
    return char.isprintable() and not unicodedata.category(char).startswith("M") and char not in _BLANK_LETTERS
