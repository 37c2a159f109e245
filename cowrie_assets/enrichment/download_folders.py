"""Where the files lie that attackers left: `COWRIE_DOWNLOADS_DIR`, `downloads` of a sensor in the sensors file, and
without the former every folder `downloads` beside logs."""

from collections.abc import Iterator
from pathlib import Path

from cowrie_assets.ingest.discovery import discover
from cowrie_assets.settings import Settings

_BESIDE_LOGS = "downloads"


def download_folders(settings: Settings, named: Path | None) -> list[Path]:
    """The folders, each once, in order; those that are named whether or not they are there.

    Raises DiscoveryError where the log root is not there.
    """
    folders = list(_named(settings, named))
    if named is None and settings.log_root is not None:
        found = discover(
            settings.log_root, settings.registry, globs=settings.log_names, follow_links=settings.follow_links
        )
        beside = {log.path.parent / _BESIDE_LOGS for log in found.logs}
        folders += sorted(folder for folder in beside if folder.is_dir())
    return list({folder.resolve(): folder for folder in reversed(folders)})[::-1]


def is_download_folder(settings: Settings, named: Path | None, folder: Path) -> bool:
    """Whether the settings name an absolute `folder`, or let it be looked for where it lies, be it there or not."""
    if folder in {each.absolute() for each in _named(settings, named)}:
        return True
    roots = [settings.log_root, *(sensor.logpath for sensor in settings.registry.sensors)]
    is_below = any(folder.is_relative_to(root.absolute()) for root in roots if root is not None)
    return named is None and settings.log_root is not None and folder.name == _BESIDE_LOGS and is_below


def _named(settings: Settings, named: Path | None) -> Iterator[Path]:
    if named is not None:
        yield named
    for sensor in settings.registry.sensors:
        if sensor.downloads is not None:
            yield sensor.downloads
