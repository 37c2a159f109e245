"""What a session typed: the forms of its commands in their order, with how often each came.

A form is told by a token of 63 bits: the behaviour signature of the normal form, which is the same in every database.
A normal form folds SSH keys; what implants another key is another act, so a token takes the keys' fingerprints in. The
order is that of the first time of each command, which the summaries keep when raw events have left.
"""

import struct
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import NamedTuple

MOST_FORMS = 200
"""What a session typed behind so many is not compared."""
MOST_WORDS = 8
_MOST_COUNTED = 15
_FORM = struct.Struct(">qBB")
_TOKEN_BITS = 63


class Form(NamedTuple):
    """A form of a sequence."""

    token: int
    times: int
    """How often in a row: 15 at most."""
    words: int
    """Of the normal form: 8 at most."""


Forms = tuple[Form, ...]


def token_of(signature: int, keys: Iterable[str]) -> int:
    """The token of a command: of its `behaviour_signature` and the fingerprints of the keys that it names."""
    fingerprints = sorted(keys)
    if not fingerprints:
        return signature
    digest = blake2b(f"{signature} {' '.join(fingerprints)}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> (64 - _TOKEN_BITS)


def words_of(form: str) -> int:
    """Words of a normal form, 8 at most: a form tells no more than it says."""
    return max(1, min(MOST_WORDS, len(form.split(None, MOST_WORDS))))


def sequence_of(typed: Iterable[tuple[int, int, int]]) -> Forms:
    """A session's sequence of its (token, occurrences, words) in their order: equal ones in a row are one form."""
    forms: list[Form] = []
    for token, times, words in typed:
        if forms and forms[-1].token == token:
            forms[-1] = forms[-1]._replace(times=min(_MOST_COUNTED, forms[-1].times + times))
        elif len(forms) == MOST_FORMS:
            break
        else:
            forms.append(Form(token, min(_MOST_COUNTED, times), words))
    return tuple(forms)


def packed(forms: Forms) -> bytes:
    """A sequence as it is stored."""
    return b"".join(_FORM.pack(*form) for form in forms)


def unpacked(stored: bytes) -> Forms:
    """The sequence that was stored."""
    return tuple(Form(*values) for values in _FORM.iter_unpack(stored))


def tokens_of(forms: Sequence[Form]) -> dict[int, int]:
    """The distinct tokens of a sequence, each with its words."""
    return {form.token: form.words for form in forms}
