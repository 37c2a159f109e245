"""What every look sees: the settings, the logs as they lie there, and the warehouse, each looked at once."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice

from cowrie_assets.configuration import Configuration
from cowrie_assets.errors import SettingsError
from cowrie_assets.ingest.discovery import Discovery, DiscoveryError, LogFile
from cowrie_assets.ingest.file_looks import Seen, path_key, seen_paths, stats
from cowrie_assets.ingest.unreadable import why_unreadable
from cowrie_assets.operations.database_file import lost_database, sqlite_file
from cowrie_assets.operations.logs import find_logs
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse import versions
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.errors import WarehouseError

_MOST_OPENED = 200


@dataclass(frozen=True, slots=True)
class LogState:
    """A log as its folder shows it, beside what the ledger says of it. Times are microseconds since 1970-01-01 UTC."""

    log: LogFile
    size: int
    written_at: int
    changed_at: int
    """When the file itself was last touched: a log that was renamed or brought here is as new as that."""
    seen: Seen | None
    """None where the ledger does not know its path."""
    readable: bool
    """This user may read it."""
    fault: str | None = None
    """Why nothing of it can be read; looked at in logs that the ledger does not know, 200 at most."""

    @property
    def unread_bytes(self) -> int:
        """Bytes of the file that came after the ledger last looked; all of one that was cut, or was never looked at."""
        known = self.seen.size if self.seen is not None else 0
        return self.size - known if self.size >= known else self.size


@dataclass(frozen=True, slots=True)
class Observation:
    """One moment. A fault is the sentence that says why there is nothing to look at."""

    now: int
    settings: Settings | None
    """None where they cannot be used."""
    faults: tuple[str, ...] = ()
    """Of settings, those for messages and for search servers among them."""
    discovery: Discovery | None = None
    root_fault: str | None = None
    logs: tuple[LogState, ...] = ()
    warehouse: Warehouse | None = None
    """None where it cannot be used, or where there is none yet: a look makes no database."""
    database_fault: str | None = None


@contextmanager
def observed(environment: Mapping[str, str], now: int) -> Iterator[Observation]:
    """Look around; raises nothing for what is merely wrong. The warehouse is open within the block."""
    configuration = Configuration(environment)
    faults = tuple(configuration.faults())
    try:
        settings = configuration.settings
    except SettingsError:
        yield Observation(now, None, faults)
        return
    discovery, root_fault = _discovered(settings)
    try:
        warehouse = _opened(settings)
    except WarehouseError as error:
        yield Observation(now, settings, faults, discovery, root_fault, _logs(discovery, None), None, str(error))
        return
    if warehouse is None:
        yield Observation(now, settings, faults, discovery, root_fault, _logs(discovery, None))
        return
    with warehouse:
        yield Observation(now, settings, faults, discovery, root_fault, _logs(discovery, warehouse), warehouse)


def observe(settings: Settings, warehouse: Warehouse, now: int) -> Observation:
    """The same of settings and a warehouse that are at hand."""
    discovery, root_fault = _discovered(settings)
    return Observation(now, settings, (), discovery, root_fault, _logs(discovery, warehouse), warehouse)


def _discovered(settings: Settings) -> tuple[Discovery | None, str | None]:
    try:
        return find_logs(settings), None
    except DiscoveryError as error:
        return None, str(error)


def _opened(settings: Settings) -> Warehouse | None:
    """The warehouse; None where nothing was ever loaded. Raises WarehouseError."""
    lost = lost_database(settings.database_url, settings.report_dir)
    if lost is not None:
        raise WarehouseError(lost)
    file = sqlite_file(settings.database_url)
    if file is not None and not file.exists():
        return None
    warehouse = Warehouse.connect(settings.database_url, longest_wait=settings.lock_wait_seconds)
    try:
        if versions.current(warehouse) is not None:
            versions.require_current(warehouse, create=False)
            return warehouse
    except BaseException:
        warehouse.close()
        raise
    warehouse.close()
    return None


def _logs(discovery: Discovery | None, warehouse: Warehouse | None) -> tuple[LogState, ...]:
    if discovery is None:
        return ()
    seen: dict[str, Seen] = {}
    if warehouse is not None:
        with warehouse.read() as connection:
            seen = seen_paths(connection, discovery.logs)
    found = [
        LogState(
            log,
            status.st_size,
            status.st_mtime_ns // 1000,
            status.st_ctime_ns // 1000,
            seen.get(path_key(log)),
            os.access(log.path, os.R_OK),
        )
        for log, status in stats(discovery.logs)
        if isinstance(status, os.stat_result)
    ]
    unknown = islice((log for log in found if log.seen is None and log.size and log.readable), _MOST_OPENED)
    faults = {log.log.path: why_unreadable(log.log.path) for log in unknown}
    return tuple(replace(log, fault=fault) if (fault := faults.get(log.log.path)) else log for log in found)
