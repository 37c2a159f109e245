"""The only writer of verdicts: what a provider says of a value now, its history, and which reports show otherwise.

A report shows some of what some providers say (`_SHOWN`). Where that changes, the reports of the days that saw the
value are marked in the transaction that writes the verdict: see `enrichment.marking`. Rebuild and reparse touch no
verdict: it belongs to the value, not to events.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from cowrie_assets.cowrie.event_types import KNOWN
from cowrie_assets.enrichment.answers import NOTHING, Answer, Kind, Said, Status, cut_error
from cowrie_assets.enrichment.marking import LabelReports, mark_reports, reports_of_days
from cowrie_assets.enrichment.providers import VIRUSTOTAL, provider_ids
from cowrie_assets.reports.sections.known import size_in
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.codec import encode_text
from cowrie_assets.warehouse.dictionary import Dictionaries
from cowrie_assets.warehouse.schema import verdict_changes, verdict_data, verdict_facts
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.verdict_lock import begin_labels, begin_verdicts

_FACTS = verdict_facts.c
_HISTORY = ("status", "malicious", "score", "label", "positives", "total", "first_seen")
"""What a change is a change of: the columns of `verdict_changes`."""
_SAYS = (*_HISTORY[1:], "description", "last_analysis", "scanned_at")
"""The columns that an answer fills."""

_Values = Mapping[str, Any]


class _Key(NamedTuple):
    kind: int
    provider_id: int
    value_id: int


_SHOWN: Mapping[int, tuple[str, ...]] = {
    Kind.FILE: ("malicious", "label", "description"),
    Kind.ADDRESS: ("malicious", "label"),
}
"""What reports show of what any provider says, by kind, besides that it answered; of passwords they show nothing."""
_SHOWN_OF_VIRUSTOTAL = ("status", "positives", "total", "first_seen")
"""What they show besides of what VirusTotal says of a file, and the size that stands in its data."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of recording answers."""

    changed: int = 0
    """Verdicts that are others now."""
    reports: int = 0
    """Periods (days, weeks and months) of which a report shows others."""


def record(connection: Connection, answers: Sequence[Answer], *, now_us: int) -> Recorded:
    """Write what providers said, and mark the reports that show it, in the write transaction that is given (`ROWS`).

    Of several answers of a provider about a value the latest counts; one that is older than what is stored is passed
    over, unless that was fetched in the future, by a clock that was wrong. A failure keeps what the provider said
    before. `now_us` is the time of the change, in microseconds since 1970-01-01 UTC. Give it answers in batches: a
    transaction holds the rows that it writes.
    """
    if not answers:
        return Recorded()
    latest = _latest(connection, answers)
    stored = _locked(connection, latest)
    rows = {
        key: _next(stored[key], answer, now_us)
        for key, answer in latest.items()
        if _is_new(stored[key], answer, now_us)
    }
    changed = [key for key, row in rows.items() if row["changed_at"] != stored[key].changed_at]
    sizes = _stored_sizes(connection, rows)
    shown = [
        key
        for key, row in rows.items()
        if _shows(key, row, _size(latest[key], sizes.get(key))) != _shows(key, stored[key]._asdict(), sizes.get(key))
    ]
    if shown:
        begin_verdicts(connection)
    renamed = [key for key in shown if key.kind == Kind.FILE and rows[key]["label"] != stored[key].label]
    if renamed:
        begin_labels(connection)
    labels = {label for key in renamed for label in (stored[key].label, rows[key]["label"]) if label is not None}
    named = LabelReports(connection, labels)
    _write(connection, rows, latest)
    if changed:
        connection.execute(insert(verdict_changes), [_change(key, rows[key]) for key in changed])
    reports = reports_of_days(connection, _by_kind(shown)) | named.changed()
    return Recorded(len(changed), mark_reports(connection, reports, now_us))


def _latest(connection: Connection, answers: Sequence[Answer]) -> dict[_Key, Answer]:
    """The latest answer for each verdict, in the order in which every transaction locks them."""
    texts = sorted({answer.value for answer in answers})
    ids = dict(zip(texts, Dictionaries(KNOWN.__contains__).texts.resolve(connection, texts), strict=True))
    providers = provider_ids(connection, {answer.provider for answer in answers})
    found: dict[_Key, Answer] = {}
    for answer in answers:
        key = _Key(answer.kind, providers[answer.provider], ids[answer.value])
        if key not in found or found[key].fetched_at <= answer.fetched_at:
            found[key] = answer
    return dict(sorted(found.items()))


def _locked(connection: Connection, latest: Mapping[_Key, Answer]) -> dict[_Key, Row[Any]]:
    """The rows as they stand; those that are missing are made before. No other transaction writes them now."""
    pending = [{**key._asdict(), "next_attempt_at": answer.fetched_at} for key, answer in latest.items()]
    connection.execute(statement("enrichment/add_pending"), pending)
    rows: dict[_Key, Row[Any]] = {}
    for (kind, provider_id), keys in groupby(latest, key=lambda key: key[:2]):
        values = [key.value_id for key in keys]
        for some in chunks(values):
            locked = (
                select(verdict_facts)
                .where(_FACTS.kind == kind, _FACTS.provider_id == provider_id, _FACTS.value_id.in_(some))
                .order_by(_FACTS.value_id)
                .with_for_update()
            )
            rows |= {_Key(kind, provider_id, row.value_id): row for row in connection.execute(locked)}
    return rows


def _is_new(stored: Row[Any], answer: Answer, now_us: int) -> bool:
    return stored.fetched_at is None or stored.fetched_at <= answer.fetched_at or stored.fetched_at > now_us


def _next(stored: Row[Any], answer: Answer, now_us: int) -> dict[str, Any]:
    """The row that an answer makes of the one that stands."""
    row = stored._asdict()
    row["error"] = encode_text(cut_error(answer.error))
    row["next_attempt_at"] = answer.next_attempt_at
    if answer.status is Status.FAILED:
        row["attempts"] += 1
        if stored.status != Status.ENRICHED:
            row |= {"status": int(Status.FAILED), **_said(NOTHING)}
        elif answer.next_attempt_at is None:
            row["next_attempt_at"] = stored.expires_at
    else:
        said = answer.said.bounded() if answer.status is Status.ENRICHED else NOTHING
        row |= {"status": int(answer.status), **_said(said), "attempts": 0, "expires_at": answer.expires_at}
        row["fetched_at"] = answer.fetched_at
        row["next_attempt_at"] = answer.next_attempt_at or answer.expires_at
    if any(row[name] != getattr(stored, name) for name in _HISTORY):
        row["changed_at"] = max(now_us, (stored.changed_at or 0) + 1)
    return row


def _said(said: Said) -> dict[str, Any]:
    texts = {"label": encode_text(said.label), "description": encode_text(said.description)}
    malicious = None if said.malicious is None else int(said.malicious)
    return {name: getattr(said, name) for name in _SAYS} | texts | {"malicious": malicious}


def _shows(key: _Key, row: _Values, size: int | None) -> tuple[Any, ...]:
    """What reports show of a verdict; `size` is what VirusTotal says of a file's."""
    if key.kind not in _SHOWN:
        return ()
    said = (row["status"] == Status.ENRICHED, *(row[name] for name in _SHOWN[key.kind]))
    return (*said, *(row[name] for name in _SHOWN_OF_VIRUSTOTAL), size) if _is_of_virustotal(key) else said


def _is_of_virustotal(key: _Key) -> bool:
    return (key.kind, key.provider_id) == (Kind.FILE, VIRUSTOTAL)


def _size(answer: Answer, before: int | None) -> int | None:
    """The size that stands once an answer is written."""
    return before if answer.status is Status.FAILED else size_in(encode_text(answer.said.json()))


def _stored_sizes(connection: Connection, keys: Iterable[_Key]) -> dict[_Key, int | None]:
    """The sizes of files as VirusTotal told them before."""
    values, columns = [key.value_id for key in keys if _is_of_virustotal(key)], verdict_data.c
    of_virustotal = select(columns.value_id, columns.data).where(
        columns.kind == Kind.FILE, columns.provider_id == VIRUSTOTAL
    )
    return {
        _Key(Kind.FILE, VIRUSTOTAL, row.value_id): size_in(row.data)
        for some in chunks(values)
        for row in connection.execute(of_virustotal.where(columns.value_id.in_(some)))
    }


def _write(connection: Connection, rows: Mapping[_Key, _Values], latest: Mapping[_Key, Answer]) -> None:
    if not rows:
        return
    names = [column.name for column in verdict_facts.columns if column.name not in _Key._fields]
    one = (
        update(verdict_facts)
        .where(*(column == bindparam(f"of_{column.name}") for column in verdict_facts.primary_key.columns))
        .values({name: bindparam(name) for name in names})
    )
    connection.execute(
        one, [{f"of_{name}": row[name] for name in _Key._fields} | {n: row[n] for n in names} for row in rows.values()]
    )
    answered = [key for key in rows if latest[key].status is not Status.FAILED]
    data = [key._asdict() | {"data": encode_text(written)} for key in answered if (written := latest[key].said.json())]
    if data:
        connection.execute(statement("enrichment/put_data"), data)
    gone = [key for key in answered if not latest[key].said.data]
    for (kind, provider_id), keys in groupby(gone, key=lambda key: key[:2]):
        values = [key.value_id for key in keys]
        of = verdict_data.c
        for some in chunks(values):
            these = (of.kind == kind, of.provider_id == provider_id, of.value_id.in_(some))
            connection.execute(delete(verdict_data).where(*these))


def _change(key: _Key, row: _Values) -> dict[str, Any]:
    return key._asdict() | {name: row[name] for name in ("changed_at", *_HISTORY)}


def _by_kind(keys: Sequence[_Key]) -> dict[Kind, list[int]]:
    return {kind: sorted({key.value_id for key in keys if key.kind == kind}) for kind in Kind}
