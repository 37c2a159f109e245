"""Pages of what no report of their period lists any more."""

import re
from collections.abc import Container
from pathlib import Path

from cowrie_assets.reports.pages.subjects import PageKind

_NAME = re.compile(rf"(?:{'|'.join(PageKind)})-[0-9a-f]{{32}}\.html")


def names_there(folder: Path) -> set[str]:
    """The names of the pages in `folder`."""
    return {path.name for path in folder.glob("*.html") if _NAME.fullmatch(path.name)}


def remove_unlisted(folder: Path, names: Container[str]) -> list[Path]:
    """Take the pages out of `folder` that are not among `names`; other files stay. The pages removed.

    Raises OSError where one cannot be removed.
    """
    removed = []
    for path in sorted(folder.glob("*.html")):
        if _NAME.fullmatch(path.name) and path.name not in names and path.is_file() and not path.is_symlink():
            path.unlink()
            removed.append(path)
    return removed
