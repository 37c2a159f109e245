"""The ways from a report's page as a part of it that can be taken out and put in again."""

from cowrie_assets.reports.render.html import render_template
from cowrie_assets.reports.ways import Ways

_BEGIN = b'<nav class="ways"'
_END = b"</nav>"
"""Neither can be in what a log wrote: it is escaped."""


def render_ways(ways: Ways) -> bytes:
    """The ways as they stand in the page, in UTF-8."""
    return render_template("ways.html.j2", {"ways": ways}).strip()


def ways_in(page: bytes) -> bytes | None:
    """The ways of a page, or of its beginning; None where it has none."""
    begin = page.find(_BEGIN)
    end = page.find(_END, begin)
    return None if begin < 0 or end < 0 else page[begin : end + len(_END)]


def relinked(page: bytes, ways: bytes) -> bytes:
    """`page`, which has ways, with others."""
    begin = page.index(_BEGIN)
    return page[:begin] + ways + page[page.index(_END, begin) + len(_END) :]
