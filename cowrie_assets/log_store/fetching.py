"""Copies of logs that lie on object storage, in the folder where logs are read.

An object is fetched where its mark (size and ETag, or what else the store says of its content) is not the one that was
fetched last. A copy takes its place whole, with the time of its object, under the object's name. So the ledger sees
what it sees where a sensor writes: a log that grew, was renamed, or is new; and an event is stored once, however often
its object is fetched. Nothing is removed here when an object goes, and a copy that was removed here is not fetched
again until its object changes: what was read may be deleted.
"""

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from cowrie_assets.errors import UserError
from cowrie_assets.ingest.log_names import LogNames
from cowrie_assets.log_store.settings import URL_VARIABLE, LogStoreSettings
from cowrie_assets.printable import shown
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.remote_files import RemoteFiles
from cowrie_assets.reports.drafts import draft_of, remove_abandoned
from cowrie_assets.reports.staged_files import StagedFiles, make_folder, open_private, sync_folder
from cowrie_assets.settings import Settings

EXTRA = "pip install 'cowrie-assets[archive]'"
STATE = ".fetched.json"
"""In the log root: the URL, and the mark of each object that was fetched. Without it, all are fetched once more."""
_DRAFTS = ".~tmp~"
"""A folder that no search for logs goes into."""
_CONTENT = ("ETag", "etag", "md5Hash", "content_md5", "generation", "mtime", "created", "LastModified", "last_modified")
"""What stores tell of an object's content, the surest first."""
_CHANGED = ("LastModified", "last_modified", "mtime")
_TRIES = 3
_WARNINGS = 20
_NAME_BYTES = 255
_OF_ONE_LOG = (FileNotFoundError, PermissionError, FileExistsError, NotADirectoryError, IsADirectoryError)
"""It went meanwhile, or is for others; or its copy has no place, as another has the name of its folder."""
_OF_THIS_MACHINE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}


class FetchError(UserError):
    """Logs that cannot be fetched; the message says why."""


class StoreUnreachableError(FetchError):
    """The store did not do what it was asked for; it may a little later."""

    passing = True


@dataclass(slots=True)
class Fetched:
    """What a fetching did."""

    logs: int = 0
    bytes: int = 0
    unchanged: int = 0
    failed: int = 0
    """Logs that could not be fetched, or whose name no file can have."""
    warnings: list[str] = field(default_factory=list)
    """Why, of the first twenty."""

    def pass_over(self, sentence: str) -> None:
        self.failed += 1
        if len(self.warnings) < _WARNINGS:
            self.warnings.append(sentence)


def fetch(settings: Settings, store: LogStoreSettings, *, progress: ProgressSink = silent) -> Fetched:
    """Bring the log root up to date with the logs below the store's URL.

    Raises FetchError, with `passing` where the store does not answer; OSError where the log root cannot be written.
    """
    if store.url is None:
        raise FetchError(f"no store is named: set {URL_VARIABLE}")
    if settings.log_root is None:
        raise FetchError("there is no folder for the logs: set COWRIE_LOG_ROOT")
    make_folder(settings.log_root)
    fetching = _Fetching(RemoteFiles(store.url, store.options, extra=EXTRA), settings.log_root)
    try:
        return fetching.run(LogNames(settings.log_names), progress)
    finally:
        fetching.keep_marks()


class _Fetching:
    def __init__(self, remote: RemoteFiles, root: Path) -> None:
        self._remote = remote
        self._root = root
        self._drafts = root / _DRAFTS
        self._marks = _read_marks(root / STATE, remote.url)
        self._folders: set[Path] = set()

    def run(self, names: LogNames, progress: ProgressSink) -> Fetched:
        make_folder(self._drafts)
        remove_abandoned(self._drafts)
        result = Fetched()
        objects = {name: about for name, about in self._objects().items() if name.rpartition("/")[2] in names}
        self._marks = {name: mark for name, mark in self._marks.items() if name in objects}
        for done, (name, about) in enumerate(sorted(objects.items())):
            progress(Progress("fetch", done, len(objects), "logs", name))
            if self._marks.get(name) == _mark(about):
                result.unchanged += 1
                continue
            path = _place(self._root, name)
            if path is None:
                result.pass_over(f"{self._label(name)} has a name that no file can have: it is passed over.")
                continue
            self._fetch(name, about, path, result)
        progress(Progress("fetch", len(objects), len(objects), "logs"))
        if not objects:
            result.warnings.append(f"No object below {shown(self._remote.url)} is named like a log.")
        return result

    def keep_marks(self) -> None:
        for folder in self._folders:
            sync_folder(folder)
        with StagedFiles() as staged:
            content = {"url": self._remote.url, "marks": dict(sorted(self._marks.items()))}
            staged.add_changed(self._root / STATE, orjson.dumps(content))
            staged.place()

    def _objects(self) -> dict[str, Mapping[str, Any]]:
        """Every object below the URL, by its name there."""
        with self._telling("listed", self._remote.url):
            self._remote.system.invalidate_cache()
            found = self._remote.system.find(self._remote.root, detail=True)
        prefix = self._remote.path("")
        return {path.removeprefix(prefix): about for path, about in found.items() if path.startswith(prefix)}

    def _fetch(self, name: str, about: Mapping[str, Any], path: Path, result: Fetched) -> None:
        try:
            mark = self._copied(name, about, path)
        except _OF_ONE_LOG as error:
            result.pass_over(f"{self._label(name)} cannot be fetched: {self._remote.told(error)}")
            return
        if mark is None:
            result.pass_over(f"{self._label(name)} changed each time while it was fetched: the next time may do.")
            return
        self._marks[name] = mark
        result.logs += 1
        result.bytes += path.stat().st_size

    def _copied(self, name: str, about: Mapping[str, Any], path: Path) -> str | None:
        """The mark of the object whose content took its place at `path`; None where it was another each time."""
        draft = draft_of(self._drafts / "log")
        try:
            for _ in range(_TRIES):
                draft.unlink(missing_ok=True)
                os.close(open_private(str(draft), os.O_WRONLY | os.O_CREAT | os.O_EXCL))
                with self._telling("fetched", self._label(name)):
                    self._remote.system.get_file(self._remote.path(name), str(draft))
                    self._remote.system.invalidate_cache(self._remote.path(name))
                    now = self._remote.system.info(self._remote.path(name))
                if _mark(now) == _mark(about) and draft.stat().st_size == about["size"]:
                    self._put(draft, about, path)
                    return _mark(about)
                about = now
        finally:
            draft.unlink(missing_ok=True)
        return None

    def _put(self, draft: Path, about: Mapping[str, Any], path: Path) -> None:
        make_folder(path.parent)
        changed = _changed(about)
        if changed is not None:
            os.utime(draft, (changed, changed))
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        draft.replace(path)
        self._folders.add(path.parent)

    def _label(self, name: str) -> str:
        return shown(f"{self._remote.url}/{name}")

    @contextmanager
    def _telling(self, done: str, label: str) -> Iterator[None]:
        """Have an error of whatever library serves the URL say what could not be done. What concerns one object goes
        through as it is, and so does what is wrong with this machine's disk."""
        try:
            yield
        except (FileNotFoundError, PermissionError) as error:
            if done == "fetched":
                raise
            raise FetchError(f"{label} cannot be {done}: {self._remote.told(error)}") from None
        except Exception as error:
            if isinstance(error, OSError) and error.errno in _OF_THIS_MACHINE:
                raise OSError(error.errno, f"cannot be written: {error.strerror}", str(self._root)) from None
            raise StoreUnreachableError(f"{label} cannot be {done}: {self._remote.told(error)}") from None


def _read_marks(state: Path, url: str) -> dict[str, str]:
    """The marks of what was fetched from this URL; none where nothing was, or the file is damaged."""
    try:
        content = orjson.loads(state.read_bytes())
        marks = content["marks"] if content["url"] == url else {}
        return {name: mark for name, mark in marks.items() if isinstance(mark, str)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _place(root: Path, name: str) -> Path | None:
    """Where the copy of an object lies; None where its name, which whoever may write to the store chose, is no path
    below `root`."""
    parts = name.split("/")
    try:
        fits = all(part not in ("", ".", "..") and len(part.encode()) <= _NAME_BYTES for part in parts)
    except UnicodeEncodeError:
        return None
    fits = fits and "\0" not in name and parts[0] not in (STATE, _DRAFTS)
    return root.joinpath(*parts) if fits else None


def _mark(about: Mapping[str, Any]) -> str:
    tag = next((about[name] for name in _CONTENT if about.get(name) is not None), "")
    return f"{about.get('size')} {tag}"


def _changed(about: Mapping[str, Any]) -> float | None:
    """When the object was written, in seconds since 1970-01-01 UTC; None where the store does not say."""
    for name in _CHANGED:
        value = about.get(name)
        if isinstance(value, datetime):
            return value.timestamp()
        if isinstance(value, int | float):
            return float(value)
    return None
