"""A report as the index holds it: its id, its one line of JSON, and where it goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cowrie_assets.clock import to_us
from cowrie_assets.printable import printable
from cowrie_assets.publishing.index_definitions import write_alias
from cowrie_assets.reports.json_writer import dump
from cowrie_assets.reports.periods import REPORT_TYPES, ReportType, parse_period
from cowrie_assets.reports.sensors import sensor_slug

_ID_BYTES = 512
_KEY_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Key:
    """Which report: `sensor` as the document names it."""

    report_type: ReportType
    period: str
    sensor: str


@dataclass(frozen=True, slots=True)
class IndexDocument:
    """A report ready to be sent."""

    key: Key
    id: str
    generated_at: int
    """Microseconds since 1970-01-01 UTC."""
    line: bytes
    """One line of JSON, with its newline."""


class DocumentError(ValueError):
    """What should be a report is none."""


def index_document(document: Mapping[str, Any]) -> IndexDocument:
    """A report document as the index holds it: `@timestamp`, the start of its period, comes first.

    Raises DocumentError where it is no report document.
    """
    try:
        key = Key(_report_type(document["report_type"]), document["period"], document["sensor"])
        parse_period(key.report_type, key.period)
        generated_at = to_us(datetime.fromisoformat(document["generated_at"]))
        content = {"@timestamp": document["start"], **_with_safe_protocols(document)}
        if "legacy" in document:
            content["legacy"] = _with_safe_protocols(document["legacy"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DocumentError(f"it is no report document: {type(error).__name__} {error}") from error
    return IndexDocument(key, document_id(key), generated_at, dump(content, pretty=False))


def document_id(key: Key) -> str:
    """`<sensor>:<report_type>:<period>` (DATA.md).

    An id has at most 512 bytes of UTF-8: a sensor whose name does not fit, or cannot be written in UTF-8, stands in it
    as its file name does (`sensor_slug`).
    """
    whole = f"{key.sensor}:{key.report_type}:{key.period}"
    try:
        fits = len(whole.encode("utf-8")) <= _ID_BYTES
    except UnicodeEncodeError:
        fits = False
    return whole if fits else f"{sensor_slug(key.sensor)}:{key.report_type}:{key.period}"


def action(document_id: str, report_type: ReportType, index: str | None) -> bytes:
    """The line before a document: it goes to `index`, where it lives already, or (None) to the write alias.

    `require_alias`: where the alias is gone, the server refuses instead of making an index of that name.
    """
    target = {"_index": index} if index else {"_index": write_alias(report_type), "require_alias": True}
    return dump({"index": {**target, "_id": document_id}}, pretty=False)


def removal(document_id: str, index: str) -> bytes:
    """The line that removes a second copy."""
    return dump({"delete": {"_index": index, "_id": document_id}}, pretty=False)


def _report_type(name: str) -> ReportType:
    for report_type in REPORT_TYPES:
        if name == report_type:
            return report_type
    raise ValueError(f"{name!r} is no report type")


def _with_safe_protocols(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document, or its legacy part, with keys that the index can take: protocols have the names that events say."""
    protocols: dict[str, int] = {}
    for name, count in document["sessions"]["protocols"].items():
        safe = printable(name)[:_KEY_CHARACTERS] or "-"
        protocols[safe] = protocols.get(safe, 0) + count
    return {**document, "sessions": {**document["sessions"], "protocols": protocols}}
