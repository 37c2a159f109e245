"""Where an archive lies: a folder of this machine, or what fsspec reaches by a URL.

Both give a file to read as a local file, and take a local file in. A file in a folder gets its name once it is whole
and on the disk. What is sent elsewhere is read back, and is there where its SHA-256 is that of what was sent.
"""

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from cowrie_assets.archives.errors import ArchiveError, ArchiveUnreachableError
from cowrie_assets.archives.settings import URL_VARIABLE, ArchiveSettings
from cowrie_assets.remote_files import RemoteError, RemoteFiles
from cowrie_assets.reports.drafts import draft_of, remove_abandoned
from cowrie_assets.reports.staged_files import make_folder, sync_folder

EXTRA = "pip install 'cowrie-assets[archive]'"
EVENTS = "raw_events"
"""The folder of the files of days."""
_OBJECT_STORES = {"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "oss", "http", "https"}
"""Protocols without folders: a file's name is all there is, and nothing is made before it."""


class Place(ABC):
    """The files of an archive by their names, `raw_events/2026/2026-08-31.parquet`."""

    @abstractmethod
    def draft(self, name: str) -> AbstractContextManager[Path]:
        """A path to write a file at before it is `put`; what is there when the block ends is removed."""

    @abstractmethod
    def put(self, draft: Path, name: str) -> None:
        """Have a draft, which is whole, take the place of the file of a name."""

    @abstractmethod
    def fetched(self, name: str) -> AbstractContextManager[Path | None]:
        """A file, as a local one; None where it is not there."""

    @abstractmethod
    def label(self, name: str) -> str:
        """What people are told of where a file lies."""

    @abstractmethod
    def names(self) -> set[str]:
        """The names of all files of days that are there."""

    @abstractmethod
    def schemas(self, names: Sequence[str]) -> dict[str, Any]:
        """The Arrow schema of each of these files that is there and is Parquet."""

    @abstractmethod
    def dataset(self, names: Sequence[str], schema: Any) -> Any:  # noqa: ANN401  (pyarrow has no types)
        """A `pyarrow.dataset` over the files of these names, read as it is asked for."""


def open_place(settings: ArchiveSettings) -> Place:
    """The place that settings name. Raises ArchiveError where they name none, or it cannot be opened."""
    if settings.url is None:
        raise ArchiveError(f"no archive is named: set {URL_VARIABLE}")
    folder = settings.folder
    return RemotePlace(settings.url, settings.options) if folder is None else FolderPlace(folder)


class FolderPlace(Place):
    """A folder of this machine. Files are made for their owner only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def draft(self, name: str) -> Iterator[Path]:
        path = self._folder / name
        make_folder(path.parent)
        remove_abandoned(path.parent)
        draft = draft_of(path)
        try:
            yield draft
        except OSError as error:
            raise OSError(error.errno, f"cannot be written: {error.strerror}", str(path)) from error
        finally:
            draft.unlink(missing_ok=True)

    def put(self, draft: Path, name: str) -> None:
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        draft.replace(self._folder / name)
        sync_folder(draft.parent)

    @contextmanager
    def fetched(self, name: str) -> Iterator[Path | None]:
        path = self._folder / name
        yield path if path.exists() else None

    def label(self, name: str) -> str:
        return str(self._folder / name)

    def names(self) -> set[str]:
        return {path.relative_to(self._folder).as_posix() for path in self._folder.glob(f"{EVENTS}/*/*.parquet")}

    def schemas(self, names: Sequence[str]) -> dict[str, Any]:
        return _schemas({name: str(self._folder / name) for name in names}, None)

    def dataset(self, names: Sequence[str], schema: Any) -> Any:  # noqa: ANN401
        from pyarrow import dataset  # noqa: PLC0415  (an extra)

        return dataset.dataset([str(self._folder / name) for name in names], schema=schema, format=_proved_pages())


class RemotePlace(Place):
    """What fsspec reaches by a URL. Errors name the URL, never an option that it is opened with."""

    def __init__(self, url: str, options: Mapping[str, Any]) -> None:
        try:
            self._remote = RemoteFiles(url, options, extra=EXTRA)
        except RemoteError as error:
            raise ArchiveError(f"the archive: {error}") from None
        self._files = self._remote.system
        self._has_folders = urlsplit(url).scheme not in _OBJECT_STORES

    @contextmanager
    def draft(self, name: str) -> Iterator[Path]:
        with TemporaryDirectory() as folder:
            yield Path(folder) / Path(name).name

    def put(self, draft: Path, name: str) -> None:
        path = self._remote.path(name)
        with self._telling(name, "written"):
            if self._has_folders:
                self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
            self._files.put_file(str(draft), path)
        with self.fetched(name) as copy:
            if copy is None or _sha256(copy) != _sha256(draft):
                raise ArchiveUnreachableError(f"{self.label(name)} is not what was sent there: archive again")

    @contextmanager
    def fetched(self, name: str) -> Iterator[Path | None]:
        with TemporaryDirectory() as folder:
            copy = Path(folder) / Path(name).name
            with self._telling(name, "read"):
                try:
                    self._files.get_file(self._remote.path(name), str(copy))
                except FileNotFoundError:
                    copy.unlink(missing_ok=True)
            yield copy if copy.exists() else None

    def label(self, name: str) -> str:
        return f"{self._remote.url}/{name}"

    def names(self) -> set[str]:
        with self._telling(EVENTS, "read"):
            try:
                self._files.invalidate_cache()
                found = self._files.find(self._remote.path(EVENTS))
            except FileNotFoundError:
                found = []
        return {path.removeprefix(self._remote.path("")) for path in found}

    def schemas(self, names: Sequence[str]) -> dict[str, Any]:
        there = self.names()  # pyarrow takes a server that does not answer for a file that is not there
        return _schemas({name: self._remote.path(name) for name in names if name in there}, self._arrow_files())

    def dataset(self, names: Sequence[str], schema: Any) -> Any:  # noqa: ANN401
        from pyarrow import dataset  # noqa: PLC0415  (an extra)

        paths = list(map(self._remote.path, names))
        return dataset.dataset(paths, schema=schema, format=_proved_pages(), filesystem=self._arrow_files())

    def _arrow_files(self) -> Any:  # noqa: ANN401
        from pyarrow import fs  # noqa: PLC0415  (an extra)

        return fs.PyFileSystem(fs.FSSpecHandler(self._files))

    @contextmanager
    def _telling(self, name: str, done: str) -> Iterator[None]:
        """Have an error of whatever library serves the URL say what could not be done."""
        try:
            yield
        except PermissionError as error:
            raise ArchiveError(f"{self.label(name)} cannot be {done}: {self._remote.told(error)}") from None
        except Exception as error:
            raise ArchiveUnreachableError(f"{self.label(name)} cannot be {done}: {self._remote.told(error)}") from None


def _schemas(paths: Mapping[str, str], files: Any) -> dict[str, Any]:  # noqa: ANN401
    from pyarrow import ArrowInvalid, parquet  # noqa: PLC0415  (an extra)

    found = {}
    for name, path in paths.items():
        with suppress(FileNotFoundError, ArrowInvalid):
            found[name] = parquet.read_schema(path, filesystem=files)
    return found


def _sha256(path: Path) -> bytes:
    with path.open("rb") as file:
        return file_digest(file, "sha256").digest()


def _proved_pages() -> Any:  # noqa: ANN401
    """Parquet whose pages are compared with their checksums as they are read."""
    from pyarrow import dataset  # noqa: PLC0415

    options = dataset.ParquetFragmentScanOptions(page_checksum_verification=True)
    return dataset.ParquetFileFormat(default_fragment_scan_options=options)
