"""What services said, as cowrieprocessor kept it: into the verdicts, by the enrichment's own readers and writer.

Each answer is as old as it is there: one that is newer in the warehouse stays, and what is stale is asked anew.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import Connection, Row

from cowrie_assets.clock import now_us, to_us
from cowrie_assets.cowrieprocessor.source import Source, text_of
from cowrie_assets.enrichment.addresses import public_address
from cowrie_assets.enrichment.answers import Answer, Kind, Said, Status, is_value
from cowrie_assets.enrichment.service import KeyRefusedError, Lookup, Past, UnreadableAnswerError
from cowrie_assets.enrichment.services import SERVICES
from cowrie_assets.enrichment.services.fields import document_of, number, object_in, text
from cowrie_assets.enrichment.services.virustotal import VIRUSTOTAL, lifetime
from cowrie_assets.enrichment.verdicts import record
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.write_scope import ROWS

_AT_ONCE = 500
_NAMED_BY = {"virustotal": ("data", "id"), "dshield": ("ip", "number")}
"""Where answers say what they are about."""


@dataclass(slots=True)
class SaidResult:
    """What came of the answers that the database holds."""

    files: int = 0
    """Rows of the table of files that say something of VirusTotal's."""
    cached: int = 0
    """Rows of the cache."""
    taken: dict[str, int] = field(default_factory=dict)
    """Answers given to the verdicts, by service."""
    passed_by: dict[str, int] = field(default_factory=dict)
    """Rows that are no answer of a service known here about a value that can have one, by service."""
    changed: int = 0
    """Verdicts that are others now."""


def import_said(warehouse: Warehouse, source: Source, *, progress: ProgressSink = silent) -> SaidResult:
    """Give every answer that `source` holds to the verdicts."""
    result = SaidResult()
    now = now_us()
    answers = _answers(source, result, now)
    done = 0
    while some := list(islice(answers, _AT_ONCE)):
        result.changed += warehouse.run(partial(_record, some, now), of=ROWS)
        done += len(some)
        progress(Progress("import answers", done, None, "answers", source.label))
    return result


def _record(answers: Sequence[Answer], now: int, connection: Connection) -> int:
    return record(connection, answers, now_us=now).changed


def _answers(source: Source, result: SaidResult, now: int) -> Iterator[Answer]:
    for row in source.verdicts_of_files():
        result.files += 1
        yield from _counted(result, VIRUSTOTAL.name, _of_file(row, now))
    for row in source.cached_answers():
        result.cached += 1
        yield from _counted(result, text_of(row.service), _of_cache(row, now))


def _counted(result: SaidResult, service: str, answer: Answer | None) -> Iterator[Answer]:
    counts = result.passed_by if answer is None else result.taken
    counts[service] = counts.get(service, 0) + 1
    if answer is not None:
        yield answer


def _of_file(row: Row[Any], now: int) -> Answer | None:
    """What the columns of a file say of VirusTotal's answer."""
    shasum = text_of(row.shasum).strip().lower()
    if not is_value(Kind.FILE, shasum):
        return None
    positives, total = number(row.vt_positives), number(row.vt_total)
    said = Said(
        malicious=(positives or 0) > 0 or bool(row.vt_malicious) if total or row.vt_malicious else None,
        score=round(100 * positives / total) if total and positives is not None else None,
        label=text(text_of(row.vt_classification)),
        description=text(text_of(row.vt_description)),
        positives=positives if total else None,
        total=total or None,
        first_seen=_us(row.vt_first_seen),
        last_analysis=_us(row.vt_last_analysis),
        scanned_at=_us(row.vt_scan_date),
    )
    fetched_at = min(_us(row.last_updated) or _us(row.vt_scan_date) or now, now)
    expires_at = fetched_at + lifetime(said, Past(), fetched_at)
    return Answer(Kind.FILE, shasum, VIRUSTOTAL.name, Status.ENRICHED, fetched_at, said, expires_at=expires_at)


def _of_cache(row: Row[Any], now: int) -> Answer | None:
    """What a cached answer says, where it is one as the service sends it."""
    value = text_of(row.cache_key).strip()
    lookup = _lookup(text_of(row.service), value)
    body = row.cache_value.encode("utf-8", "surrogatepass") if isinstance(row.cache_value, str) else row.cache_value
    if lookup is None or body is None:
        return None
    value = value.lower() if lookup.kind is Kind.FILE else value
    try:
        said = lookup.read([value], _as_sent(text_of(row.service), value, body)).get(value)
    except (UnreadableAnswerError, KeyRefusedError):
        return None
    if said is None:
        return None
    fetched_at = min(_us(row.created_at) or now, now)
    expires_at = fetched_at + lookup.lifetime(said, Past(), fetched_at)
    return Answer(lookup.kind, value, text_of(row.service), Status.ENRICHED, fetched_at, said, expires_at=expires_at)


def _lookup(service: str, value: str) -> Lookup | None:
    """What the service can be asked of such a value."""
    if service not in SERVICES:
        return None
    kind = Kind.FILE if is_value(Kind.FILE, value.lower()) else Kind.ADDRESS
    if kind is Kind.ADDRESS and public_address(value) is None:
        return None
    return next((lookup for lookup in SERVICES[service].lookups if lookup.kind is kind and lookup.at_once == 1), None)


def _as_sent(service: str, value: str, body: bytes) -> bytes:
    """A cached answer as the service sends it, naming the value that it is kept for where that was left out.

    Raises UnreadableAnswerError where it is what that tool keeps when DShield gives no answer: an operator and a
    country, both empty.
    """
    if service not in _NAMED_BY:
        return body
    part, name = _NAMED_BY[service]
    document = dict(document_of(body))
    inner = dict(object_in(document, part))
    if service == "dshield" and inner.keys().isdisjoint({"count", "attacks"}):
        raise UnreadableAnswerError("kept without an answer")
    return orjson.dumps({**document, part: {name: value, **inner}})


def _us(moment: object) -> int | None:
    """A time as either engine gives it, as microseconds since 1970-01-01 UTC; without a zone it is UTC."""
    if isinstance(moment, str | bytes):
        try:
            moment = datetime.fromisoformat(text_of(moment).strip())
        except ValueError:
            return None
    if not isinstance(moment, datetime):
        return None
    return to_us(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
