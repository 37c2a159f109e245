"""Finding the logs that the settings name, or a user does, and what lies beside them under other names."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from cowrie_assets.ingest.discovery import Discovery, DiscoveryError, LogFile, Sieve, discover, every_name, log_file
from cowrie_assets.ingest.file_looks import Look, names_to_look_at
from cowrie_assets.ingest.unlisted import Unlisted, unlisted
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse


def find_logs(settings: Settings, paths: Sequence[Path] | None = None) -> Discovery:
    """The logs of the log root, or of `paths`, for this machine's collector. Raises DiscoveryError."""
    return _collected(settings, _found(settings, paths))


def find_changed(warehouse: Warehouse, settings: Settings) -> Discovery:
    """The logs of the log root but for those that a stat shows to be unchanged. Raises DiscoveryError."""
    sieve = partial(names_to_look_at, warehouse, Look.now(settings), settings.collector)
    return _collected(settings, _discover(_root(settings), settings, sieve=sieve))


def _collected(settings: Settings, found: Discovery) -> Discovery:
    if not settings.collector:
        return found
    return replace(found, logs=tuple(replace(log, collector=settings.collector) for log in found.logs))


def _found(settings: Settings, paths: Sequence[Path] | None) -> Discovery:
    if paths is None:
        return _discover(_root(settings), settings)
    logs: list[LogFile] = []
    warnings: list[str] = []
    for path in paths:
        if path.is_dir():
            found = _discover(path, settings)
            logs += found.logs
            warnings += found.warnings
        elif path.exists():
            logs.append(log_file(path, settings.registry))
        else:
            raise DiscoveryError(f"{path} does not exist")
    return Discovery(tuple(logs), tuple(warnings))


def _root(settings: Settings) -> Path:
    if settings.log_root is None:
        raise DiscoveryError("no log folder is set: give COWRIE_LOG_ROOT a folder of Cowrie logs, or name some")
    return settings.log_root


def _discover(root: Path, settings: Settings, sieve: Sieve = every_name) -> Discovery:
    return discover(root, settings.registry, globs=settings.log_names, follow_links=settings.follow_links, sieve=sieve)


def passed_over(settings: Settings) -> Unlisted | None:
    """What lies in the logs' folders and is a log by its content only; None where no folder can be searched."""
    try:
        return unlisted(find_logs(settings))
    except DiscoveryError:
        return None
