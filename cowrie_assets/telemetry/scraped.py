"""The metrics as they are when a monitor asks for them."""

import threading
import time

from cowrie_assets.operations.database_file import sqlite_file
from cowrie_assets.operations.status import Status, status
from cowrie_assets.settings import Settings
from cowrie_assets.telemetry.metrics import exposition
from cowrie_assets.telemetry.status_files import read_documents
from cowrie_assets.warehouse.engine import Warehouse

_SECONDS_KEPT = 10.0
"""Several monitors, or one in a hurry, cost one look at the warehouse."""
_SECONDS_TO_WAIT = 5


class Scraped:
    """Reads the status files at each request, and the warehouse every ten seconds at most."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._looking = threading.Lock()
        self._seen: Status | None = None
        self._seen_at: float | None = None

    def text(self) -> bytes:
        """The metrics. Where the warehouse cannot be looked at, `cowrie_assets_up` is 0."""
        folder = self._settings.status_dir
        return exposition([] if folder is None else read_documents(folder), self._status())

    def _status(self) -> Status | None:
        with self._looking:
            if self._seen_at is None or time.monotonic() - self._seen_at > _SECONDS_KEPT:
                self._seen = _look(self._settings)
                self._seen_at = time.monotonic()
            return self._seen


def _look(settings: Settings) -> Status | None:
    file = sqlite_file(settings.database_url)
    if file is not None and not file.exists():
        return None  # a look makes no database
    try:
        with Warehouse.open(settings.database_url, create=False, longest_wait=_SECONDS_TO_WAIT) as warehouse:
            return status(warehouse)
    except Exception:
        return None
