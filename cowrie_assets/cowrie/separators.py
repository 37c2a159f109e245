"""What may stand between JSON values of a log, and before and behind them."""

import re

from cowrie_assets.cowrie.possessive import any_number

SEPARATORS = re.compile(any_number(rb"[ \t\r\v\f\0,\[\]]|\xef\xbb\xbf"))
BLANKS = re.compile(any_number(rb"[ \t\r\v\f\0]|\xef\xbb\xbf"))
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def skip(pattern: re.Pattern[bytes], text: bytes, position: int, end: int) -> int:
    """Where in `text[position:end]` the run of what `pattern` matches ends; the pattern must match nothing as well."""
    match = pattern.match(text, position, end)
    return position if match is None else match.end()


def skip_separators(text: bytes, position: int, limit: int) -> int:
    """Where the separators that begin at `position` end; a run of more than `limit` bytes is cut there, so that none
    need be held."""
    return skip(SEPARATORS, text, position, min(len(text), position + limit))


def may_go_on(text: bytes, position: int) -> bool:
    """Whether separators that end at `position` may go on behind the end of `text`."""
    return len(text) - position < len(_BYTE_ORDER_MARK) and _BYTE_ORDER_MARK.startswith(text[position:])


def all_separators(text: bytes) -> bool:
    """Whether nothing but separators is in `text`."""
    return skip(SEPARATORS, text, 0, len(text)) == len(text)


def first_value_at(line: bytes) -> int:
    """Where the first thing on a line begins that is no separator."""
    return skip(SEPARATORS, line, 0, len(line))
