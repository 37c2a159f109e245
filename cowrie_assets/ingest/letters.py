"""Dead letters: lines that are no event, as they are listed."""

from collections.abc import Iterator
from typing import NamedTuple

from cowrie_assets.cowrie.framing import Dead, DeadLines, Whole
from cowrie_assets.warehouse.dictionary import digest_of

NOT_ORIGINAL = "not_original"
"""The reason of what another tool made of a line, where what Cowrie wrote cannot be told from it."""
KEPT_BYTES = 1024 * 1024
"""Bytes of a dead letter's content that are kept."""


class DeadLetter(NamedTuple):
    """A line that is no event."""

    line_number: int
    byte_offset: int
    reason: str
    content: str
    content_bytes: int


def digest_of_letter(letter: DeadLetter) -> bytes:
    """BLAKE2b-128 of what a dead letter says, in whichever log it stands."""
    return digest_of(*map(str, letter))


def letters_of(run: DeadLines) -> Iterator[DeadLetter]:
    """Of each line of a run its dead letter."""
    for offset, line_number, _, reason, text, length, _ in run.each():
        yield DeadLetter(line_number, offset, reason, text.decode("utf-8"), length)


def letter_of(item: Whole | Dead, reason: str) -> DeadLetter:
    """The dead letter of a line, or of an object that is no event."""
    length = item.length if type(item) is Dead else len(item.text)
    content = item.text[:KEPT_BYTES].decode("utf-8", "replace")
    return DeadLetter(item.line_number, item.offset, reason, content, length)
