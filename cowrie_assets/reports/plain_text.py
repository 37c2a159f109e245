"""Attackers' text made harmless for terminals and mail: nothing in it steers a screen, no URL can be clicked."""

import re
import unicodedata
from collections.abc import Iterable

from cowrie_assets.printable import escaped

_SCHEMES = {"http": "hxxp", "https": "hxxps", "ftp": "fxp", "ftps": "fxps", "sftp": "sfxp", "tftp": "tfxp"}
_URL = re.compile(r"""([A-Za-z][A-Za-z0-9+.-]{0,15})://([^\s/?#"'<>|;&]*)""")
_BARE_HOST = re.compile(r"(?<![\w./\]-])((?:[A-Za-z0-9-]{1,63}\.){1,9}[A-Za-z0-9-]{1,63})(?=/)")
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_MORE = "..."


def defang(text: str) -> str:
    """`text` with URLs that nothing makes a link of: `hxxp://1[.]2[.]3[.]4/a`; with no scheme `1[.]2[.]3[.]4/a`."""
    without_schemes = _URL.sub(lambda url: f"{_defanged_scheme(url[1])}{url[2].replace('.', '[.]')}", text)
    return _BARE_HOST.sub(lambda host: host[1].replace(".", "[.]"), without_schemes)


def fit(text: str, columns: int) -> str:
    """`text` as `wrap` shows it, in one line."""
    return wrap(text, columns, lines=1)[0]


def wrap(text: str, columns: int, *, lines: int) -> list[str]:
    """`text`, defanged, in one to `lines` lines of at most `columns` (13 or more), ending in `...` where it is cut.

    What does not stand still on a screen (control characters, combining and bidi marks, text from right to left) is
    shown as an escape: `\\n`, `\\x1b`, `\\u202e`. An empty text, and one with a space at an end, is put in quotes.
    """
    shown = defang(text[: columns * lines + 1])
    if not text or text[0] == " " or text[-1] == " ":
        shown = f'"{shown}"'
    rows: list[list[str]] = [[]]
    for cell in map(_cell, shown):
        if width(rows[-1]) + width(cell) > columns:
            rows.append([])
        rows[-1].append(cell)
    if len(rows) > lines:
        del rows[lines:]
        while width(rows[-1]) > columns - len(_MORE):
            rows[-1].pop()
        rows[-1].append(_MORE)
    return ["".join(row) for row in rows]


def width(shown: Iterable[str]) -> int:
    """Columns that harmless text takes on a terminal: two for a wide character of East Asia."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for cell in shown for char in cell)


def pad(shown: str, columns: int) -> str:
    """Harmless text with spaces behind it, `columns` wide."""
    return shown + " " * (columns - width(shown))


def _defanged_scheme(scheme: str) -> str:
    safe = _SCHEMES.get(scheme.lower())
    return f"{safe}://" if safe else f"{scheme}[:]//"


def _cell(char: str) -> str:
    """One character as it can be shown."""
    if char.isascii() and char.isprintable():
        return char
    still = char.isprintable() and not unicodedata.category(char).startswith("M") and char not in _BLANK_LETTERS
    if still and unicodedata.bidirectional(char) not in _RIGHT_TO_LEFT:
        return char
    return escaped(char)
