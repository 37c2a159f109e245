"""The figures of the sections that have top lists, which several parts of a document are made of."""

from cowrie_assets.reports.figures import LISTED_SECTIONS, Figures, Listed, Scope
from cowrie_assets.reports.top_list import TopItem
from cowrie_assets.reports.trivial_hashes import trivial_hashes


def listed(scope: Scope) -> Listed:
    """The figures of each of `LISTED_SECTIONS`; the top lists without known scanners where the scope says so."""
    found = {name: _figures(scope, name) for name in LISTED_SECTIONS}
    if not scope.without_known_scanners or not scope.one("of_known_scanners").came:
        return found
    without = {name: _figures(scope.leaving_out_scanners(), name) for name in LISTED_SECTIONS}
    return {name: Figures(found[name].numbers, _tops(found[name], without[name])) for name in LISTED_SECTIONS}


def files_figures(scope: Scope) -> Figures:
    """The figures of `sql/reports/files.sql`."""
    return _figures(scope, "files")


def _figures(scope: Scope, section: str) -> Figures:
    """The figures of a section; that of files is told what is trivial."""
    values = {"trivial": trivial_hashes(scope)} if section == "files" else {}
    return scope.figures(section, values)


def _tops(found: Figures, without: Figures) -> dict[str, list[TopItem]]:
    """The top lists of `without`, and the lists of what is new, which leave nobody out."""
    kept = {name: items for name, items in found.tops.items() if not name.startswith("top_")}
    return kept | {name: items for name, items in without.tops.items() if name.startswith("top_")}
