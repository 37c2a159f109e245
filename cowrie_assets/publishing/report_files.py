"""The documents of a written report, read from its files.

`write_reports` leaves in a folder what an earlier writing left there: a file older than the recorded writing is of a
sensor that the report does not have any more, and is passed over. A file that is missing, damaged or newer (written
past the record, as `report --output` does) cannot be told apart from a loss: the report is written anew.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from cowrie_assets.clock import iso_us
from cowrie_assets.publishing.documents import IndexDocument, Key, index_document
from cowrie_assets.publishing.outbox import OpenReport
from cowrie_assets.reports.files import report_path, write_configured_reports
from cowrie_assets.reports.periods import Period
from cowrie_assets.reports.sensors import AGGREGATE, sensor_slug
from cowrie_assets.reports.standing import Writing, writing_of
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse

_TRIES = 3


class NotAsRecordedError(RuntimeError):
    """The files of a report are not those of its recorded writing."""


def documents_of(
    warehouse: Warehouse, settings: Settings, report: OpenReport
) -> tuple[OpenReport, list[IndexDocument]]:
    """The report as it is recorded now, and its documents, the aggregate last.

    It is written anew where its files are not those of the recorded writing.

    Raises NotAsRecordedError where others keep writing it meanwhile, OSError where it cannot be written.
    """
    writing = _recorded(warehouse, report.period)
    for last in range(_TRIES):
        try:
            documents = _read_documents(settings.report_dir, report.period, writing)
            return replace(report, generated_at=writing.generated_at), documents
        except NotAsRecordedError:
            recorded = _recorded(warehouse, report.period)
            if recorded == writing and last < _TRIES - 1:
                write_configured_reports(warehouse, settings, report.period)
                recorded = _recorded(warehouse, report.period)
            writing = recorded
    raise NotAsRecordedError(f"the files of the {_name(report.period)} are being written by others")


def recorded_documents(warehouse: Warehouse, report_dir: Path, period: Period) -> list[IndexDocument]:
    """The documents of a written report, the aggregate last. Raises NotAsRecordedError."""
    return _read_documents(report_dir, period, _recorded(warehouse, period))


def _read_documents(report_dir: Path, period: Period, writing: Writing) -> list[IndexDocument]:
    aggregate = report_path(report_dir, period.report_type, period.label, AGGREGATE)
    others = sorted(path for path in aggregate.parent.glob("[!.]*.json") if path.name != aggregate.name)
    documents = [*_of_writing(others, period, writing), *_of_writing([aggregate], period, writing)]
    if not documents or documents[-1].key.sensor != AGGREGATE:
        raise NotAsRecordedError(f"{aggregate} is not the file that is recorded")
    return documents


def _of_writing(paths: list[Path], period: Period, writing: Writing) -> Iterator[IndexDocument]:
    for path in paths:
        document = _read(path)
        expected = Key(period.report_type, period.label, document.key.sensor)
        if document.key != expected or path.stem != sensor_slug(document.key.sensor):
            raise NotAsRecordedError(f"{path} holds another report")
        generated_at = writing.at(document.key.sensor)
        if document.generated_at > generated_at:
            raise NotAsRecordedError(f"{path} is newer than the recorded writing of {iso_us(generated_at)}")
        if document.generated_at == generated_at:
            yield document


def _read(path: Path) -> IndexDocument:
    try:
        content: Any = json.loads(path.read_bytes())
        return index_document(content)
    except (OSError, ValueError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise NotAsRecordedError(f"{path} cannot be read: {reason}") from error


def _recorded(warehouse: Warehouse, period: Period) -> Writing:
    with warehouse.read() as connection:
        writing = writing_of(connection, period)
    if writing is None:
        raise NotAsRecordedError(f"the {_name(period)} is not recorded any more")
    return writing


def _name(period: Period) -> str:
    return f"{period.report_type} report of {period.label}"
