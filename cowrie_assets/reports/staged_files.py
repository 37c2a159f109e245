"""Files that readers see whole or not at all."""

import os
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4


class StagedFiles:
    """Files written beside their places and moved there later; use it as a context manager.

    Each file is replaced atomically: a reader finds the old content or the new one. What was not moved when the
    block ends is removed. Raises OSError where a folder cannot be made or written.
    """

    def __init__(self) -> None:
        self._staged: list[tuple[Path, Path]] = []

    def add(self, path: Path, content: bytes) -> None:
        """Write `content` under a hidden name in the folder of `path`, which is made; it is on the disk then."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{uuid4().hex}.tmp")
        self._staged.append((draft, path))
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def place(self) -> None:
        """Move every file to its place, in order of adding."""
        folders = {path.parent for _, path in self._staged}
        while self._staged:
            draft, path = self._staged[0]
            draft.replace(path)
            del self._staged[0]
        for folder in folders:
            _sync_folder(folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for draft, _ in self._staged:
            draft.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """A renamed file survives a power cut only once its folder is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
