"""Files that readers see whole or not at all, and that only their owner reads: reports hold credentials."""

import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from cowrie_assets.reports.drafts import draft_of, remove_abandoned

_FILE_MODE = 0o600
_FOLDER_MODE = 0o700


class StagedFiles:
    """Files written beside their places and moved there later; use it as a context manager.

    Each file is replaced atomically: a reader finds the old content or the new one. What was not moved when the
    block ends is removed, and so is what a killed process left in the same folders. Raises OSError, which names the
    place that a file was meant for.
    """

    def __init__(self) -> None:
        self._staged: list[tuple[Path, Path]] = []
        self._folders: set[Path] = set()

    def add(self, path: Path, content: bytes) -> None:
        """Write `content` under a hidden name in the folder of `path`, which is made; it is on the disk then."""
        try:
            self._enter(path.parent)
            draft = draft_of(path)
            self._staged.append((draft, path))
            with open(draft, "xb", opener=open_private) as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise OSError(error.errno, f"cannot be written: {error.strerror}", str(path)) from error

    def add_changed(self, path: Path, content: bytes) -> None:
        """As `add`, unless `path` holds just this content already."""
        if _holds(path, content):
            self._enter(path.parent)
        else:
            self.add(path, content)

    def place(self, wanted: Callable[[Path], bool] = lambda _: True) -> None:
        """Move every file to its place, in order of adding; the draft of one that is not `wanted` any more goes."""
        folders = {path.parent for _, path in self._staged}
        while self._staged:
            draft, path = self._staged[0]
            if wanted(path):
                draft.replace(path)
            else:
                draft.unlink()
            del self._staged[0]
        for folder in folders:
            sync_folder(folder)

    def _enter(self, folder: Path) -> None:
        if folder not in self._folders:
            self._folders.add(folder)
            make_folder(folder)
            remove_abandoned(folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for draft, _ in self._staged:
            draft.unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for their owner only; one that is there stays as it is.

    Raises OSError.
    """
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=_FOLDER_MODE, exist_ok=True)
    folder.mkdir(exist_ok=True)  # raises where it is a file


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except OSError:
        return False


def open_private(path: str, flags: int) -> int:
    """An opener for `open` that makes a file for its owner only."""
    return os.open(path, flags, _FILE_MODE)


def sync_folder(folder: Path) -> None:
    """A renamed file survives a power cut only once its folder is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
