"""The figures of the sections that have top lists, which several parts of a document are made of."""

from cowrie_assets.reports.figures import LISTED_SECTIONS, Figures, Listed, Scope
from cowrie_assets.reports.scoped_sql import Counted
from cowrie_assets.reports.trivial_hashes import trivial_hashes


def listed(scope: Scope) -> Listed:
    """The figures of each of `LISTED_SECTIONS`; the top lists without known scanners where the scope says so, and one
    came."""
    if not scope.without_known_scanners or not scope.one("of_known_scanners").came:
        return {name: _figures(scope, name) for name in LISTED_SECTIONS}
    whole, without = scope.counting(Counted.BUT_TOPS), scope.counting(Counted.TOPS_WITHOUT_SCANNERS)
    return {name: _put_together(_figures(whole, name), _figures(without, name)) for name in LISTED_SECTIONS}


def top_lists(scope: Scope) -> Listed:
    """The same of all sessions, with no more of their figures than the top lists take."""
    tops = scope.counting(Counted.TOPS)
    return {name: _figures(tops, name) for name in LISTED_SECTIONS}


def files_figures(scope: Scope) -> Figures:
    """The figures of `sql/reports/files.sql`."""
    return _figures(scope, "files")


def _figures(scope: Scope, section: str) -> Figures:
    """The figures of a section; that of files is told what is trivial."""
    values = {"trivial": trivial_hashes(scope)} if section == "files" else {}
    return scope.figures(section, values)


def _put_together(whole: Figures, without: Figures) -> Figures:
    """The numbers and the lists of what is new, which leave nobody out, and the top lists of `without`."""
    tops = {name: items for name, items in whole.tops.items() if not name.startswith("top_")}
    return Figures(whole.numbers, tops | {name: each for name, each in without.tops.items() if name.startswith("top_")})
