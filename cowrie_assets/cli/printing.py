"""Documents and amounts as the commands print them."""

import re

from cowrie_assets.amounts import count, counted, duration, size

__all__ = ["count", "counted", "duration", "printable_json", "size"]

_NOT_PRINTABLE_ASCII = re.compile(r"[^ -~]")


def printable_json(document: bytes) -> bytes:
    """The same JSON document with what is not printable as `\\u` escapes; it reads back the same."""
    text = document.decode("utf-8")
    if "".join(text.split("\n")).isprintable():
        return document
    return "\n".join(_NOT_PRINTABLE_ASCII.sub(_escaped_in_json, line) for line in text.split("\n")).encode("utf-8")


def _escaped_in_json(match: re.Match[str]) -> str:
    char = match.group()
    if char.isprintable():
        return char
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
