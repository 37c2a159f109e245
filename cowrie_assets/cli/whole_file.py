"""A file that a command writes: there whole or not at all, for its owner only."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from cowrie_assets.reports.drafts import draft_of
from cowrie_assets.reports.staged_files import open_private


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write, which takes the place of `path` where the block ends well. Raises OSError that names `path`."""
    draft = draft_of(path)
    try:
        with open(draft, "xb", opener=open_private) as file:
            yield file
        draft.replace(path)
    except OSError as error:
        raise OSError(error.errno, f"cannot be written: {error.strerror}", str(path)) from error
    finally:
        draft.unlink(missing_ok=True)
