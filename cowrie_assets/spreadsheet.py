"""CSV whose cells no spreadsheet takes for a formula: attackers write them."""

import csv
import io
from collections.abc import Iterable

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula."""


def csv_line(cells: Iterable[object]) -> bytes:
    """A line of CSV (RFC 4180) in UTF-8. A text that begins like a formula stands behind an apostrophe; what few
    readers take, NUL and lone surrogates, stands as an escape; None is an empty cell."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(map(_harmless, cells))
    return line.getvalue().replace("\0", r"\x00").encode("utf-8", "backslashreplace")


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
