"""Publishing: all that waits, or documents of one's own; and what is published of which period."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cowrie_assets import clock
from cowrie_assets.activity import stage
from cowrie_assets.amounts import counted
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.publishing import outbox
from cowrie_assets.publishing.destination import Product
from cowrie_assets.publishing.documents import IndexDocument, Key, action, index_document
from cowrie_assets.publishing.outbox import OpenReport, Outcome, Row
from cowrie_assets.publishing.patience import Patience
from cowrie_assets.publishing.report_files import NotAsRecordedError, documents_of, recorded_documents
from cowrie_assets.publishing.sending import Sent, batches, send
from cowrie_assets.publishing.server import SearchServer, ServerError
from cowrie_assets.publishing.setup import SetupError, require_ready
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse

_PATIENCE = Patience()


@dataclass(slots=True)
class PublicationResult:
    """What a publishing did."""

    published: int = 0
    """Documents that the server confirmed."""
    refused: dict[Key, str] = field(default_factory=dict)
    """Documents that it refused, or that could not be read, with the reason. They are tried again later."""
    error: str | None = None
    """What stopped it before the end; None where nothing did."""

    @property
    def sentence(self) -> str:
        """What it did, in one line; it may quote the server."""
        refused = f", {len(self.refused):,} refused" if self.refused else ""
        stopped = f"; stopped: {self.error}" if self.error is not None else ""
        return f"{counted(self.published, 'document')} published{refused}{stopped}"

    @property
    def succeeded(self) -> bool:
        """Whether everything that was to be published is."""
        return self.error is None and not self.refused


def publish_pending(
    warehouse: Warehouse,
    settings: Settings,
    server: SearchServer,
    *,
    patience: Patience = _PATIENCE,
    progress: ProgressSink = silent,
) -> PublicationResult:
    """Publish every document of a written report that the server has not confirmed as it was written last.

    What the server says of each document is recorded after it said so, in short transactions; none is open while the
    network is used. What fails stays in the outbox, with the reason. Raises OSError where a report that had lost its
    files cannot be written anew.
    """
    with stage("publishing", database=warehouse, product=server.product) as run:
        progress = run.telling(progress)
        with warehouse.read() as connection:
            waiting = outbox.open_reports(connection, server.product)
        work = _Publishing(warehouse, server, patience, PublicationResult())
        documents = work.unconfirmed(settings, waiting, progress)
        failure = work.publish([report.period.report_type for report in waiting], documents)
        if failure is not None:
            work.postpone(waiting, failure)
        else:
            progress(Progress("publish", len(waiting), len(waiting), "reports"))
        return work.result


def publish_documents(
    warehouse: Warehouse,
    server: SearchServer,
    documents: Iterable[Mapping[str, Any]],
    *,
    patience: Patience = _PATIENCE,
) -> PublicationResult:
    """Publish report documents that were just built. Raises DocumentError where one is no report document.

    They are recorded like any other; one that differs from the written report of its period gives way to it with the
    next `publish_pending`.
    """
    ready = [index_document(document) for document in documents]
    work = _Publishing(warehouse, server, patience, PublicationResult())
    with stage("publishing", database=warehouse, product=server.product):
        with warehouse.read() as connection:
            work.seen = outbox.rows_of(connection, server.product, [document.key for document in ready])
        failure = work.publish([document.key.report_type for document in ready], ready)
        if failure is not None:
            work.fail([document.key for document in ready if document.key not in work.settled], failure)
    return work.result


@dataclass(slots=True)
class Pending:
    """What would be published, read from the files as they are."""

    documents: Iterator[IndexDocument]
    lost: list[str] = field(default_factory=list)
    """Why reports are not among the documents; whole once those were read."""


def pending_documents(warehouse: Warehouse, report_dir: Path, product: Product, *, everything: bool = False) -> Pending:
    """What `publish_pending` would send, or (`everything`) what it would send to an empty server. Writes nothing."""
    with warehouse.read() as connection:
        waiting = outbox.written_reports(connection) if everything else outbox.open_reports(connection, product)
    pending = Pending(iter(()))

    def read() -> Iterator[IndexDocument]:
        for report in waiting:
            try:
                yield from report.unconfirmed(recorded_documents(warehouse, report_dir, report.period))
            except NotAsRecordedError as error:
                pending.lost.append(str(error))

    pending.documents = read()
    return pending


def ndjson(documents: Iterable[IndexDocument]) -> Iterator[bytes]:
    """What would be sent, two lines a document, as if none of them lived in the index already."""
    for document in documents:
        yield action(document.id, document.key.report_type, None)
        yield document.line


class _Publishing:
    """One publishing: what it sends, what was recorded of it before, what became of it."""

    def __init__(
        self, warehouse: Warehouse, server: SearchServer, patience: Patience, result: PublicationResult
    ) -> None:
        self._warehouse = warehouse
        self._server = server
        self._patience = patience
        self.result = result
        self.seen: dict[Key, Row] = {}
        self.settled: set[Key] = set()

    def publish(self, report_types: Iterable[Any], documents: Iterable[IndexDocument]) -> ServerError | None:
        """Send `documents`; gives the error that stopped it, which is in the result as well."""
        try:
            self._patience.run(lambda: require_ready(self._server, sorted(set(report_types))))
        except SetupError as error:
            failure: ServerError | None = ServerError(str(error))
        except ServerError as error:
            failure = error
        else:
            failure = self._send_all(documents)
        self.result.error = None if failure is None else str(failure)
        return failure

    def _send_all(self, documents: Iterable[IndexDocument]) -> ServerError | None:
        for batch in batches(documents):
            with stage("publish", documents=len(batch)) as sending:
                sent = send(self._server, batch, self._patience)
                self._record(batch, sent)
                errors = len(sent.refused) + (sent.error is not None)
                sending.phase.add(index_attempts=len(batch), index_confirmed=len(sent.confirmed), index_errors=errors)
            if sent.error is not None:
                return sent.error
        return None

    def _record(self, batch: Sequence[IndexDocument], sent: Sent) -> None:
        outcomes = []
        for document in batch:
            reason = sent.refused.get(document.id)
            if document.id in sent.confirmed:
                outcomes.append(Outcome(document.key, self.seen.get(document.key), document.generated_at))
                self.result.published += 1
            elif reason is not None:
                outcomes.append(Outcome(document.key, self.seen.get(document.key), error=reason))
                self.result.refused[document.key] = reason
        self._write(outcomes)
        if sent.error is not None:
            self.fail([document.key for document in batch if document.key not in self.settled], sent.error)

    def fail(self, keys: Iterable[Key], error: ServerError | str) -> None:
        """Record that documents were not published because of `error`."""
        retry_after = error.retry_after if isinstance(error, ServerError) else None
        self._write([Outcome(key, self.seen.get(key), error=str(error), retry_after=retry_after) for key in keys])

    def _write(self, outcomes: Sequence[Outcome]) -> None:
        outbox.record(self._warehouse, self._server.product, outcomes, clock.now_us())
        self.settled.update(outcome.key for outcome in outcomes)

    def postpone(self, waiting: Iterable[OpenReport], error: ServerError) -> None:
        """Record that what was not even tried waits as well, and why."""
        for report in waiting:
            keys = [_key(report, sensor) for sensor in report.waiting()]
            self.seen |= {_key(report, sensor): row for sensor, row in report.rows.items()}
            self.fail([key for key in keys if key not in self.settled], error)

    def unconfirmed(
        self, settings: Settings, waiting: Sequence[OpenReport], progress: ProgressSink
    ) -> Iterator[IndexDocument]:
        """The documents of open reports that are not confirmed, read one report after the other."""
        for done, recorded in enumerate(waiting):
            progress(Progress("publish", done, len(waiting), "reports", recorded.period.label))
            self.seen |= {_key(recorded, sensor): row for sensor, row in recorded.rows.items()}
            try:
                report, documents = documents_of(self._warehouse, settings, recorded)
            except NotAsRecordedError as error:
                keys = [_key(recorded, sensor) for sensor in recorded.waiting()]
                self.fail(keys, str(error))
                self.result.refused |= dict.fromkeys(keys, str(error))
                continue
            gone = report.rows.keys() - {document.key.sensor for document in documents}
            if gone:
                outbox.retire(self._warehouse, self._server.product, [_key(report, sensor) for sensor in gone])
            yield from report.unconfirmed(documents)


def _key(report: OpenReport, sensor: str) -> Key:
    return Key(report.period.report_type, report.period.label, sensor)
