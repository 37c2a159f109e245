"""Reading what services send: any field may be missing, null, a number written as a text, or of any length; and what
was meant for somebody else may be sent."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from cowrie_assets.clock import US_PER_SECOND, to_us
from cowrie_assets.cowrie.lenient_json import NotJsonError, decode
from cowrie_assets.enrichment.addresses import public_address
from cowrie_assets.enrichment.service import UnreadableAnswerError

LONGEST_ITEM = 128
_MOST_ITEMS = 20
_MOST_DIGITS = 18
_NUMBER = re.compile(r"-?[0-9]+")


def document_of(body: bytes) -> Mapping[str, object]:
    """The JSON object that an answer is, lone surrogates and numbers beyond a double included. Raises
    UnreadableAnswerError."""
    try:
        document = decode(body).value
    except (NotJsonError, RecursionError):
        raise UnreadableAnswerError("answered with something that is no JSON") from None
    if not isinstance(document, dict):
        raise UnreadableAnswerError("answered with JSON that is no object")
    return document


def object_in(document: Mapping[str, object], name: str) -> Mapping[str, object]:
    """The object of a field that every answer has. Raises UnreadableAnswerError."""
    value = document.get(name)
    if not isinstance(value, dict):
        raise UnreadableAnswerError(f"answered without {name!r}")
    return value


def about_file(named: object, asked: str) -> None:
    """Raises UnreadableAnswerError unless the SHA-256 that an answer names is the one that was asked about."""
    if (text(named) or "").lower() != asked:
        raise UnreadableAnswerError("answered without naming the file that it was asked about")


def about_address(named: object, asked: str) -> None:
    """Raises UnreadableAnswerError unless the address that an answer names is the one that was asked about."""
    address = public_address(text(named) or "")
    if address is None or address != public_address(asked):
        raise UnreadableAnswerError("answered without naming the address that it was asked about")


def mapping(value: object) -> Mapping[str, object]:
    """`value` where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """`value` where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: object) -> str | None:
    """`value` where it is a text with something in it, cut."""
    return value.strip()[:LONGEST_ITEM] or None if isinstance(value, str) else None


def texts(values: object) -> list[str]:
    """The texts of a list, each once, at most 20 of them."""
    found = (text(value) for value in items(values)[: _MOST_ITEMS * 10])
    return list(dict.fromkeys(each for each in found if each is not None))[:_MOST_ITEMS]


def number(value: object) -> int | None:
    """A whole number, also one that is written as a text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        written = value.strip()
        return int(written) if len(written) <= _MOST_DIGITS and _NUMBER.fullmatch(written) else None
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 10**_MOST_DIGITS else None
    return value if isinstance(value, int) else None


def epoch(value: object) -> int | None:
    """Seconds since 1970 as microseconds."""
    seconds = number(value)
    return None if seconds is None else seconds * US_PER_SECOND


def moment(value: object) -> int | None:
    """`2020-01-31 12:00:00 UTC`, or ISO 8601, or a day, as microseconds since 1970-01-01 UTC."""
    written = text(value)
    if written is None:
        return None
    try:
        read = datetime.fromisoformat(written.removesuffix(" UTC"))
    except ValueError:
        return None
    return to_us(read if read.tzinfo else read.replace(tzinfo=UTC))


def filled(**fields: object) -> dict[str, object]:
    """Those fields that say something."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}
