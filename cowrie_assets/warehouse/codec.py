"""Strings that no text column can hold, made storable and back.

PostgreSQL's `text` refuses NUL, and no UTF-8 encoder takes a lone surrogate; attackers send both. Each such character
`c` is stored as the plane-16 private-use character `U+100000 + c`; a character that already looks like one of those is
stored behind `U+10FFFD`. Every other string, which is to say practically all of them, is stored as it is.
"""

import re
from collections.abc import Sequence
from typing import Any, overload

_BASE = 0x100000
_ESCAPE = "\U0010fffd"
_LONG = 1024 * 1024
_HIGHEST_PLANES = b"\xf4"
"""What the UTF-8 of a character of plane 16 begins with."""
_UNSTORABLE = re.compile("[\x00\ud800-\udfff\U00100000\U0010d800-\U0010dfff\U0010fffd]")
_STORED = re.compile("\U0010fffd?[\U00100000\U0010d800-\U0010dfff]|\U0010fffd\U0010fffd")


def _encode_one(match: re.Match[str]) -> str:
    char = match.group()
    code = ord(char)
    return _ESCAPE + char if code >= _BASE else chr(_BASE + code)


def _decode_one(match: re.Match[str]) -> str:
    text = match.group()
    return text[1] if len(text) == 2 else chr(ord(text) - _BASE)  # noqa: PLR2004  (escape and the character behind it)


@overload
def encode_text(text: str) -> str: ...
@overload
def encode_text(text: None) -> None: ...
def encode_text(text: str | None) -> str | None:
    """`text` as every engine can store it; `decode_text` gives it back."""
    if text is None or (text.isascii() and "\x00" not in text):
        return text
    return _UNSTORABLE.sub(_encode_one, text)


class Utf8(bytes):
    """A text as UTF-8: that of a long one, for in a `str` one wide character makes four bytes of each."""

    __slots__ = ()


def make_compact(texts: list[Any], count: int) -> None:
    """Put the first `count` texts as they take least memory: long ones, unless lone surrogates are in them, as UTF-8.

    In the place of each other: a text is let go before its UTF-8 is copied.
    """
    for place in range(count):
        text = texts[place]
        if text is None or len(text) < _LONG:
            continue
        try:
            encoded = text.encode("utf-8")
        except UnicodeEncodeError:
            continue
        texts[place] = text = None
        texts[place] = Utf8(encoded)


def encode_utf8(text: bytes) -> bytes:
    """The UTF-8 of what `encode_text` makes of this text; the very same bytes where nothing in it need be encoded."""
    if b"\0" not in text and _HIGHEST_PLANES not in text:
        return text
    return encode_text(text.decode("utf-8")).encode("utf-8")


def encode_all_utf8(texts: Sequence[bytes]) -> Sequence[bytes]:
    """`encode_utf8` of each of them."""
    joined = b"".join(texts)
    if b"\0" not in joined and _HIGHEST_PLANES not in joined:
        return texts
    return list(map(encode_utf8, texts))


@overload
def decode_text(stored: str) -> str: ...
@overload
def decode_text(stored: None) -> None: ...
def decode_text(stored: str | None) -> str | None:
    """The string that `encode_text` was given."""
    if stored is None or stored.isascii():
        return stored
    return _STORED.sub(_decode_one, stored)
