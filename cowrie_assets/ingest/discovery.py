"""Finding logs: which files of a folder are named as Cowrie (or logrotate after it) names its JSON logs, and whose they
are.

Nothing is opened for reading beyond a look whether it can be opened; what a file holds is `content.py`'s matter.
"""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cowrie_assets.settings import SensorRegistry

_LIVE_NAME = "cowrie.json"
_COMPRESSED = r"(?:\.(?:gz|bz2|zst))?"
_DATE = r"(?P<year>\d{4})[-_](?P<month>\d{1,2})[-_](?P<day>\d{1,2})"
_NAMES = tuple(
    re.compile(form + _COMPRESSED)
    for form in (
        r"cowrie\.json",
        rf"cowrie\.json\.{_DATE}",
        r"cowrie\.json\.(?P<number>\d{1,9})",
        rf"cowrie[-.]{_DATE}\.json",
        r"cowrie\.json-(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)",
    )
)
"""Live; dated by Cowrie (`2025-09-01`, in 2017 `2017_11_4`); numbered; dated before the suffix; logrotate's
`dateext`."""


class DiscoveryError(ValueError):
    """The log root cannot be searched; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class LogFile:
    """A file named like a log."""

    path: Path
    sensor: str
    """Whose it is by the folder it lies in; an event's own `sensor` comes before it."""
    live: bool
    """Its name is one that Cowrie still writes to."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a search found: the logs, each file once, and a sentence for each that had to be passed over."""

    logs: tuple[LogFile, ...]
    warnings: tuple[str, ...]


def log_file(path: Path, registry: SensorRegistry) -> LogFile:
    """`path` as a log, whatever its name."""
    return LogFile(path, registry.name_of_folder(path.parent), live=path.name == _LIVE_NAME)


def discover(root: Path, registry: SensorRegistry) -> Discovery:
    """Every log in `root`, in folders below it and in the sensors' configured folders.

    Folder by folder, in each the oldest first by the date or number in its name, the live log last. A file that several
    names lead to is listed once. Raises DiscoveryError where `root` is no folder that can be read.
    """
    _require_folder(root)
    search = _Search()
    search.walk(root)
    for sensor in registry.sensors:
        if sensor.logpath is None:
            continue
        if sensor.logpath.is_dir():
            search.walk(sensor.logpath)
        else:
            search.warnings.append(f"The folder {_shown(sensor.logpath)} of sensor {sensor.name!r} does not exist.")
    paths = sorted(search.paths_by_file.values(), key=_age_order)
    return Discovery(tuple(log_file(path, registry) for path in paths), tuple(search.warnings))


def _require_folder(root: Path) -> None:
    try:
        with os.scandir(root):
            pass
    except FileNotFoundError:
        raise DiscoveryError(
            f"The log root {_shown(root)} does not exist: set COWRIE_LOG_ROOT to the logs' folder."
        ) from None
    except NotADirectoryError:
        raise DiscoveryError(
            f"The log root {_shown(root)} is no folder: name the folder that the logs lie in."
        ) from None
    except OSError as error:
        raise DiscoveryError(f"The log root {_shown(root)} cannot be read: {error.strerror}.") from error


class _Search:
    """A walk over folders that goes into each folder once, whatever links lead to it."""

    def __init__(self) -> None:
        self.paths_by_file: dict[Path, Path] = {}
        self.warnings: list[str] = []
        self._seen_folders: set[tuple[int, int]] = set()

    def walk(self, root: Path) -> None:
        """Take in the logs of `root` and below: real folders first, so that a log is known by the folder it really lies
        in."""
        folders, linked = [root], list[Path]()
        while folders or linked:
            folder = folders.pop() if folders else linked.pop()
            for entry in self._entries(folder):
                path = folder / entry.name
                if _is_log_name(entry.name):
                    self._take(path)
                elif entry.is_dir(follow_symlinks=False):
                    folders.append(path)
                elif entry.is_symlink() and path.is_dir():
                    linked.append(path)

    def _entries(self, folder: Path) -> Iterator[os.DirEntry[str]]:
        try:
            status = folder.stat()
            if (status.st_dev, status.st_ino) in self._seen_folders:
                return
            self._seen_folders.add((status.st_dev, status.st_ino))
            with os.scandir(folder) as entries:
                found = sorted(entries, key=lambda entry: os.fsencode(entry.name))
        except OSError as error:
            self.warnings.append(f"The folder {_shown(folder)} cannot be read: {error.strerror}.")
            return
        yield from found

    def _take(self, path: Path) -> None:
        try:
            real_path = path.resolve(strict=True)
            mode = path.stat().st_mode
            if stat.S_ISREG(mode):
                os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC))
        except (OSError, RuntimeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "its links lead in a circle"
            self.warnings.append(f"{_shown(path)} is named like a log but cannot be read: {reason}.")
            return
        if not stat.S_ISREG(mode):
            self.warnings.append(f"{_shown(path)} is named like a log but is {_kind(mode)}.")
        elif real_path not in self.paths_by_file or path.absolute() == real_path:
            self.paths_by_file[real_path] = path


def _is_log_name(name: str) -> bool:
    return any(form.fullmatch(name) for form in _NAMES)


def _age_order(path: Path) -> tuple[bytes, int, int, bytes]:
    """By folder, then dated (by day), numbered (the highest is the oldest), undated, live."""
    folder, name = os.fsencode(path.parent), os.fsencode(path.name)
    if path.name == _LIVE_NAME:
        return folder, 3, 0, name
    match = next(filter(None, (form.fullmatch(path.name) for form in _NAMES)))
    parts = match.groupdict()
    if parts.get("year"):
        return folder, 0, int(parts["year"]) * 10_000 + int(parts["month"]) * 100 + int(parts["day"]), name
    if parts.get("number"):
        return folder, 1, -int(parts["number"]), name
    return folder, 2, 0, name


def _kind(mode: int) -> str:
    kinds = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket"}
    return kinds.get(stat.S_IFMT(mode), "a device")


def _shown(path: Path) -> str:
    """A path fit for a message, whatever bytes it holds."""
    return repr(str(path))
