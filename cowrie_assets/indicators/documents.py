"""Indicators as CSV, plain text and JSON. Values stand as they are: none is defanged."""

from collections.abc import Iterable, Iterator

import orjson

from cowrie_assets.clock import iso_us
from cowrie_assets.indicators.indicator import Indicator
from cowrie_assets.spreadsheet import csv_line

COLUMNS = (
    *("type", "value", "first_seen", "last_seen", "sessions", "sensors", "confidence", "expires_at", "tags"),
    *("campaign_id", "reasons", "left_out"),
)


def as_csv(found: Iterable[Indicator]) -> Iterator[bytes]:
    """A head and a line each; tags and reasons are separated by semicolons."""
    yield csv_line(COLUMNS)
    for each in found:
        row = as_document(each)
        yield csv_line("; ".join(value) if isinstance(value, list) else value for value in row.values())


def as_txt(found: Iterable[Indicator]) -> Iterator[bytes]:
    """A value a line, for firewalls and `grep -f`."""
    for each in found:
        yield f"{each.value}\n".encode()


def as_json(found: Iterable[Indicator]) -> Iterator[bytes]:
    """`{"indicators": [...]}`, an object a line."""
    yield b'{"indicators": ['
    before = b"\n"
    for each in found:
        yield before + orjson.dumps(as_document(each))
        before = b",\n"
    yield b"\n]}\n"


def as_document(each: Indicator) -> dict[str, object]:
    """An indicator by the names of the table `indicators`, and why it is so sure."""
    return {
        "type": each.type.value,
        "value": each.value,
        "first_seen": iso_us(each.first_seen),
        "last_seen": iso_us(each.last_seen),
        "sessions": each.sessions,
        "sensors": each.sensors,
        "confidence": each.confidence,
        "expires_at": iso_us(each.expires_at),
        "tags": list(each.tags),
        "campaign_id": each.campaign_id,
        "reasons": list(map(str, each.reasons)),
        "left_out": each.left_out,
    }
