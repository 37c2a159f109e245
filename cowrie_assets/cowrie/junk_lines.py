"""Lines that are dead at a glance."""

import re

from cowrie_assets.cowrie.object_scan import SCALAR, STRING
from cowrie_assets.cowrie.possessive import any_number, at_least_one

_PLAIN = rb"[^\n{\x80-\xff]*+\n"
_JUNK = rb"(?:[!#-+./:-Z\\^-eg-mo-su-z|}~]|\"(?=[^\"\n{\x80-\xff]*+\n|[^\"\\\n{\x80-\xff]*+\"[ \t]*+:))" + _PLAIN
_MEMBERS = any_number(rb"[ \t\r\n]*+%b[ \t\r]*+:[ \t\r]*+%b[ \t\r]*+(?:,|(?=\n))" % (STRING, SCALAR))
_BREAK = rb"[ \t\r]*+(?:[^ \t\r\v\f\n\0\",}]|%b[ \t]*+:[ \t]*+[^ \t\r\n\"\-0-9tfn{\[])" % STRING
_BROKEN_OBJECT = rb"\{(?=%b[ \t\r]*+\n%b)" % (_MEMBERS, _BREAK) + _PLAIN
JUNK_LINES = re.compile(at_least_one(rb"[ \t\r\v\f\0]*+(?:%b|%b)" % (_JUNK, _BROKEN_OBJECT)))
"""Lines of ASCII that are no JSON and hold no object, or the beginning of one that a later line breaks."""


def is_junk(line: bytes) -> bool:
    """Whether a line is one of `JUNK_LINES`."""
    return JUNK_LINES.fullmatch(line + b"\n") is not None
