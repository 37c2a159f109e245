"""Sending documents so that each ends up in the index once, whatever happens on the way.

One try is a look where the documents live already and one bulk request. A try that failed is made again as a whole:
the first may have been carried out though its answer was lost, and the alias may stand for another index by now.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cowrie_assets.amounts import counted
from cowrie_assets.publishing.documents import IndexDocument, action, removal
from cowrie_assets.publishing.index_definitions import index_pattern
from cowrie_assets.publishing.patience import Patience
from cowrie_assets.publishing.server import PASSING, Json, SearchServer, ServerError, reason_of

BATCH_BYTES = 5_000_000
BATCH_DOCUMENTS = 200

_OF_THE_CONTENT = frozenset({400, 413})
"""What a server answers to a request because of what is in it: it may be one document that spoils the others."""
_GONE = 404
_GOOD = range(200, 300)
_COPIES = 5
"""Copies of one id that a search makes room for: there should be one."""


@dataclass(slots=True)
class Sent:
    """What became of documents, by id."""

    confirmed: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)
    """With the server's reason: sending them again as they are will not help, though mending the server may."""
    error: ServerError | None = None
    """Why the others are not sent."""


def batches(documents: Iterable[IndexDocument]) -> Iterator[list[IndexDocument]]:
    """Documents in order, at most 5 MB and 200 together; a larger one goes alone."""
    batch: list[IndexDocument] = []
    size = 0
    for document in documents:
        if batch and (size + len(document.line) > BATCH_BYTES or len(batch) == BATCH_DOCUMENTS):
            yield batch
            batch, size = [], 0
        batch.append(document)
        size += len(document.line)
    if batch:
        yield batch


def send(server: SearchServer, documents: Sequence[IndexDocument], patience: Patience) -> Sent:
    """Send documents with distinct ids; every one of them is in the result, unless `error` says why not."""
    sent = Sent()
    left = {document.id: document for document in documents}

    def once() -> None:
        busy = _send_once(server, left, sent)
        for document_id in sent.confirmed | sent.refused.keys():
            left.pop(document_id, None)
        if left:
            raise ServerError(
                f"{server.label} is too busy to take {counted(len(left), 'document')}: {busy}", passing=True
            )

    try:
        patience.run(once)
    except ServerError as error:
        if error.status in _OF_THE_CONTENT:
            return _send_fewer(server, list(left.values()), patience, sent, error)
        sent.error = error
    return sent


def _send_fewer(
    server: SearchServer, documents: list[IndexDocument], patience: Patience, sent: Sent, error: ServerError
) -> Sent:
    """Half of what the server did not take, and half of that: until one document is left to blame."""
    if len(documents) == 1:
        sent.refused[documents[0].id] = str(error)
        return sent
    middle = len(documents) // 2
    for half in (documents[:middle], documents[middle:]):
        if sent.error is None:
            part = send(server, half, patience)
            sent.confirmed |= part.confirmed
            sent.refused |= part.refused
            sent.error = part.error
    return sent


def _send_once(server: SearchServer, documents: Mapping[str, IndexDocument], sent: Sent) -> str:
    """One look and one bulk request; gives the reason of those that the server was too busy for."""
    homes = find(server, documents.values())
    ids: list[str] = []
    lines: list[bytes] = []
    for document in documents.values():
        home = homes.get(document.id, [])
        others = home[1:]
        lines += [action(document.id, document.key.report_type, home[0] if home else None), document.line]
        lines += [removal(document.id, other) for other in others]
        ids += [document.id] * (1 + len(others))
    answer = server.call("PUT", "/_bulk", b"".join(lines))
    return _settle(server, ids, answer, sent)


def find(server: SearchServer, documents: Iterable[IndexDocument]) -> dict[str, list[str]]:
    """The concrete indices in which ids live already, the newest first. Raises ServerError.

    A search sees what was written before a refresh. One that could not look into every shard is an error: what it
    misses would be written a second time.
    """
    ids = [document.id for document in documents]
    patterns = ",".join(sorted({index_pattern(document.key.report_type) for document in documents}))
    server.call("POST", f"/{patterns}/_refresh", params={"ignore_unavailable": "true"})
    query = {"size": _COPIES * len(ids), "_source": False, "query": {"ids": {"values": ids}}}
    strict = {"ignore_unavailable": "true", "allow_partial_search_results": "false"}
    answer = server.call("POST", f"/{patterns}/_search", query, params=strict)
    try:
        hits = sorted((hit["_id"], hit["_index"]) for hit in answer["hits"]["hits"])
        missed = answer["timed_out"] or answer["_shards"]["failed"]
    except (KeyError, TypeError):
        raise ServerError(f"{server.label} gave an answer that is no search result", passing=True) from None
    if missed:
        raise ServerError(f"{server.label} could not look into every shard", passing=True)
    homes: dict[str, list[str]] = {}
    for document_id, index in reversed(hits):
        homes.setdefault(document_id, []).append(index)
    return homes


def _settle(server: SearchServer, ids: Sequence[str], answer: Json, sent: Sent) -> str:
    """Sort out an answer's items, in the order of the request: HTTP 200 says nothing about them."""
    try:
        results = [_result(item) for item in answer["items"]]
    except (KeyError, TypeError, ValueError, AttributeError):
        results = []
    if len(results) != len(ids):
        raise ServerError(f"{server.label} did not say what became of each document", passing=True)
    wrong: dict[str, list[tuple[int, str]]] = {document_id: [] for document_id in ids}
    for document_id, (status, reason) in zip(ids, results, strict=True):
        if status not in _GOOD:
            wrong[document_id].append((status, server.plain(reason) or f"status {status}"))
    busy = ""
    for document_id, faults in wrong.items():
        lasting = [reason for status, reason in faults if status not in PASSING]
        if not faults:
            sent.confirmed.add(document_id)
        elif lasting:
            sent.refused[document_id] = lasting[0]
        else:
            busy = faults[0][1]
    return busy


def _result(item: Mapping[str, Any]) -> tuple[int, str]:
    """Status and reason of one item. A second copy that is gone already is as good as removed."""
    ((operation, result),) = item.items()
    status = int(result["status"])
    return (200, "") if operation == "delete" and status == _GONE else (status, reason_of(result))
