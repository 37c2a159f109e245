"""The metrics as a file, for the textfile collector of Prometheus' node exporter: runs end before anybody could ask."""

from pathlib import Path

from cowrie_assets.activity import Stage
from cowrie_assets.operations.status import Status, status
from cowrie_assets.telemetry.metrics import exposition
from cowrie_assets.telemetry.status_document import State
from cowrie_assets.telemetry.status_files import read_documents, replace_file
from cowrie_assets.warehouse.engine import Warehouse

_MODE = 0o644
"""Others read it: it holds numbers and the names of sensors."""


class MetricsFile:
    """Writes the file anew whenever status files were written. The warehouse is looked at as phases begin and end."""

    def __init__(self, file: Path, status_dir: Path) -> None:
        self._file = file
        self._status_dir = status_dir
        self._seen: Status | None = None

    def written(self, phase: Stage, state: State) -> None:
        """Behind a writing of status files. Raises OSError."""
        is_milestone = self._seen is None or state != "running"
        if is_milestone and isinstance(phase.database, Warehouse):
            self._seen = _look(phase.database)
        replace_file(self._file, exposition(read_documents(self._status_dir), self._seen), _MODE)


def _look(warehouse: Warehouse) -> Status | None:
    try:
        return status(warehouse)
    except Exception:
        return None  # the work itself tells what is the matter with the database
