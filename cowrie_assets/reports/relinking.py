"""Pages that stand already get the ways to one that came, and lose those to one that went."""

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from cowrie_assets.reports.periods import Period
from cowrie_assets.reports.render.ways import relinked, render_ways, ways_in
from cowrie_assets.reports.staged_files import StagedFiles
from cowrie_assets.reports.ways import ReportFolder, neighbours

_HEAD = 128 * 1024
"""Bytes of a page in which its ways stand: behind the style, before all that attackers wrote."""


def relink(report_dir: Path, periods: Collection[Period]) -> list[Path]:
    """Bring the ways of the pages of `periods`, and of all that link them, up to what is on the disk; what changed.

    A page is read to its ways, and written only where they are others. Call it in a transaction that is alone with the
    reports, as `write_reports` does: whoever writes the same page meanwhile without it may find his page as it was
    before; one that was replaced while this ran is left as it is. Raises OSError where a page cannot be read or
    written.
    """
    folder = ReportFolder(report_dir)
    around = dict.fromkeys(each for period in periods for each in (period, *neighbours(period)))
    seen: dict[Path, os.stat_result] = {}
    with StagedFiles() as staged:
        for period in around:
            for path, content, state in _outdated(report_dir, folder, period):
                staged.add(path, content)
                seen[path] = state
        staged.place(lambda path: _is_same(path, seen[path]))
    return list(seen)


def _outdated(report_dir: Path, folder: ReportFolder, period: Period) -> Iterator[tuple[Path, bytes, os.stat_result]]:
    """The pages of a period with other ways than they should have, as they should be."""
    for slug in sorted(folder.slugs(period)):
        path = report_dir / period.report_type / period.label / f"{slug}.html"
        ways = render_ways(folder.ways(period, slug))
        try:
            with path.open("rb") as file:
                state = os.fstat(file.fileno())
                head = file.read(_HEAD)
                if ways_in(head) in (None, ways):
                    continue
                content = head + file.read()
        except FileNotFoundError:
            continue
        yield path, relinked(content, ways), state


def _is_same(path: Path, state: os.stat_result) -> bool:
    try:
        today = path.stat()
    except FileNotFoundError:
        return False
    return (today.st_ino, today.st_mtime_ns, today.st_size) == (state.st_ino, state.st_mtime_ns, state.st_size)
