"""Finding logs: which files of a folder are named as logs (`log_names.py`), and whose they are.

Nothing is opened: what a file holds, and whether it can be read, is the matter of who reads it.
"""

import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cowrie_assets.errors import UserError
from cowrie_assets.ingest.log_names import BY_DEFAULT, LogNames, age, may_be_live
from cowrie_assets.sensor_registry import Sensor, SensorRegistry

_UNFINISHED_FOLDERS = frozenset({".~tmp~", ".rsync-partial", ".rsync-tmp"})
"""Where rsync keeps what it has not finished, under the names that it will have."""
_OTHERS_A_FOLDER = 16
_MOST_OTHERS = 512


class DiscoveryError(UserError, ValueError):
    """The log root cannot be searched; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class LogFile:
    """A file named like a log."""

    path: Path
    sensor: str
    """Whose it is by the folder it lies in; an event's own `sensor` comes before it."""
    live: bool
    """Its name is one that Cowrie may still write to."""
    collector: str = ""
    """The machine that reads it: `Settings.collector`."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a search found: the logs, each file once, and a sentence for each that had to be passed over."""

    logs: tuple[LogFile, ...]
    warnings: tuple[str, ...]
    others: tuple[str, ...] = ()
    """Paths of some files that are not named like logs, at most 512: `unlisted.py` looks whether they are some."""
    missing: tuple[Sensor, ...] = ()
    """The sensors whose configured folder is not there: another machine's, or one that is to be mounted again."""


Sieve = Callable[[str, Sequence[str]], Sequence[str]]
"""Of a folder and the names of the logs in it, those to list."""


def every_name(folder: str, names: Sequence[str]) -> Sequence[str]:
    """The sieve that leaves nothing out."""
    return names


def log_file(path: Path, registry: SensorRegistry) -> LogFile:
    """`path` as a log, whatever its name."""
    live = path.name in BY_DEFAULT and may_be_live(path.name)
    return LogFile(path, registry.name_of_folder(path.parent), live=live)


def discover(
    root: Path,
    registry: SensorRegistry,
    *,
    globs: Sequence[str] = (),
    follow_links: bool = False,
    sieve: Sieve = every_name,
) -> Discovery:
    """Every log in `root`, in folders below it and in the sensors' configured folders.

    Folder by folder, in each the oldest first by the date or number in its name, what may be live last. A file that
    several names lead to is listed once, by the folder that it lies in. `globs` replace the names that logs have by
    default. A link that leads out of those folders, or to a folder above itself, is passed over with a warning; with
    `follow_links` it is followed. `sieve` leaves logs out before anything is made of their names. Raises DiscoveryError
    where `root` is no folder that can be read.
    """
    _require_folder(root)
    folders = [str(root)]
    missing: list[Sensor] = []
    for sensor in registry.sensors:
        if sensor.logpath is None:
            continue
        if sensor.logpath.is_dir():
            folders.append(str(sensor.logpath))
        else:
            missing.append(sensor)
    search = _Search(LogNames(globs), [os.path.realpath(folder) for folder in folders], follow_links)
    for folder in folders:
        search.walk(folder)
    search.take_links()
    return Discovery(
        tuple(_in_order(search.names_by_folder, registry.folder_names(), sieve)),
        tuple(search.warnings),
        tuple(search.others),
        tuple(missing),
    )


def _in_order(
    names_by_folder: dict[str, list[str]], name_of_folder: Callable[[Path], str], sieve: Sieve
) -> list[LogFile]:
    logs = []
    for folder in sorted(names_by_folder, key=os.fsencode):
        parent = Path(folder)
        sensor = name_of_folder(parent)
        logs += [
            LogFile(parent / name, sensor, live=may_be_live(name))
            for name in sorted(sieve(folder, names_by_folder[folder]), key=age)
        ]
    return logs


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


@dataclass(slots=True)
class _Search:
    """A walk over folders that goes into each folder once, whatever leads to it.

    Paths are strings here, and the type of an entry is what the folder says: a file costs no call of its own.
    """

    names: LogNames
    allowed: list[str]
    """Real paths of the folders that links may lead into."""
    follow_links: bool
    names_by_folder: dict[str, list[str]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    _seen: set[tuple[int, int]] = field(default_factory=set)
    _real: dict[str, str] = field(default_factory=dict)
    """The real path of each folder that was walked."""
    _linked_files: list[str] = field(default_factory=list)
    _linked_folders: list[str] = field(default_factory=list)

    def walk(self, root: str) -> None:
        """Take in the logs of `root` and of the real folders below it; links are kept for `take_links`."""
        pending = [(root, os.path.realpath(root))]
        while pending:
            folder, real = pending.pop()
            if not self._is_new(folder):
                continue
            self._real[folder] = real
            logs = []
            unknown = 0
            for entry in self._entries(folder):
                name = entry.name
                if entry.is_symlink():
                    self._keep_link(entry)
                elif entry.is_dir(follow_symlinks=False):
                    if name not in _UNFINISHED_FOLDERS:
                        pending.append((_join(folder, name), _join(real, name)))
                elif not entry.is_file(follow_symlinks=False):
                    self._warn_of_kind(entry)
                elif name in self.names:
                    logs.append(name)
                elif unknown < _OTHERS_A_FOLDER and len(self.others) < _MOST_OTHERS and not name.startswith("."):
                    unknown += 1
                    self.others.append(_join(folder, name))
            if logs:
                self.names_by_folder[folder] = logs

    def take_links(self) -> None:
        """Follow the links that the walks came by, where that is allowed, and those that come up meanwhile."""
        while self._linked_folders:
            path = self._linked_folders.pop()
            if self._may_follow(path, os.path.realpath(path), folder=True):
                self.walk(path)
        if not self._linked_files:
            return
        listed = {_join(self._real[folder], name) for folder, names in self.names_by_folder.items() for name in names}
        for path in self._linked_files:
            real = os.path.realpath(path)
            if real in listed or not self._may_follow(path, real, folder=False):
                continue
            listed.add(real)
            folder, name = os.path.split(path)
            self.names_by_folder.setdefault(folder, []).append(name)

    def _is_new(self, folder: str) -> bool:
        try:
            status = os.stat(folder)  # noqa: PTH116
        except OSError as error:
            self.warnings.append(f"The folder {_shown(folder)} cannot be read: {error.strerror}.")
            return False
        mark = (status.st_dev, status.st_ino)
        new = mark not in self._seen
        self._seen.add(mark)
        return new

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                return sorted(entries, key=lambda entry: os.fsencode(entry.name))
        except OSError as error:
            self.warnings.append(f"The folder {_shown(folder)} cannot be read: {error.strerror}.")
            return []

    def _keep_link(self, entry: os.DirEntry[str]) -> None:
        named = entry.name in self.names
        try:
            mode = entry.stat().st_mode
        except OSError as error:
            if named:
                self.warnings.append(f"{_shown(entry.path)} is named like a log but cannot be read: {error.strerror}.")
            return
        if stat.S_ISDIR(mode):
            self._linked_folders.append(entry.path)
        elif named and stat.S_ISREG(mode):
            self._linked_files.append(entry.path)
        else:
            self._warn_of_kind(entry)

    def _warn_of_kind(self, entry: os.DirEntry[str]) -> None:
        if entry.name not in self.names:
            return
        try:
            kind = _kind(entry.stat().st_mode)
        except OSError:
            return
        self.warnings.append(f"{_shown(entry.path)} is named like a log but is {kind}.")

    def _may_follow(self, path: str, real: str, *, folder: bool) -> bool:
        """Whether a link may be followed; a warning where it may not. What lies in a folder that is searched anyway is
        found there."""
        if self.follow_links:
            return True
        if folder and _lies_in(os.path.realpath(os.path.dirname(path)), real):  # noqa: PTH120
            self.warnings.append(f"{_shown(path)} is a link to a folder above it: it is passed over.")
            return False
        if any(_lies_in(real, allowed) for allowed in self.allowed):
            return True
        self.warnings.append(
            f"{_shown(path)} is a link that leads out of the logs' folders, to {_shown(real)}: it is passed over. "
            "COWRIE_FOLLOW_LINKS=1 follows such links."
        )
        return False


def _join(folder: str, name: str) -> str:
    return folder + name if folder.endswith("/") else f"{folder}/{name}"


def _lies_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _kind(mode: int) -> str:
    kinds = {stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket"}
    return kinds.get(stat.S_IFMT(mode), "a device")


def _shown(path: Path | str) -> str:
    """A path fit for a message, whatever bytes it holds."""
    return repr(str(path))
