"""Proving logs: each closed log that was read in pieces, while it was written, is read once against its whole content.

A piece can be completed later in ways that neither a log's size nor its samples tell: a hole filled by
`rsync --inplace`, a write that came late over a network. Whatever was missed is stored then; a log is proved once.
"""

from sqlalchemy import select

from cowrie_assets.ingest.discovery import LogFile
from cowrie_assets.ingest.load import load
from cowrie_assets.operations.ingest import IngestResult
from cowrie_assets.operations.logs import find_logs
from cowrie_assets.progress import ProgressSink, silent
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.warehouse.codec import encode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import log_paths, logs


def prove_logs(warehouse: Warehouse, settings: Settings, *, progress: ProgressSink = silent) -> IngestResult:
    """Read each closed log that is not proved once more from its start, and bring the summaries up to date.

    Raises DiscoveryError where the log root cannot be searched.
    """
    loaded = load(warehouse, settings, logs=unproved_logs(warehouse, settings), mode="bulk", progress=progress)
    return IngestResult(loaded, refresh(warehouse, progress=progress))


def unproved_logs(warehouse: Warehouse, settings: Settings) -> list[LogFile]:
    """The closed logs that were never read whole since they were closed. Raises DiscoveryError."""
    query = (
        select(log_paths.c.path)
        .join(logs, logs.c.id == log_paths.c.log_id)
        .where(logs.c.status == "closed", logs.c.proved == 0, logs.c.collector == settings.collector)
    )
    with warehouse.read() as connection:
        unproved = set(connection.execute(query).scalars())
    return [log for log in find_logs(settings).logs if encode_text(str(log.path.absolute())) in unproved]
