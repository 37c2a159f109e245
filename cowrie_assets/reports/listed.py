"""The figures of the sections that have top lists, which several parts of a document are made of."""

from cowrie_assets.reports.figures import LISTED_SECTIONS, Figures, Listed, Scope
from cowrie_assets.reports.trivial_hashes import trivial_hashes


def listed(scope: Scope) -> Listed:
    """The figures of each of `LISTED_SECTIONS`."""
    return {name: files_figures(scope) if name == "files" else scope.figures(name) for name in LISTED_SECTIONS}


def files_figures(scope: Scope) -> Figures:
    """The figures of `sql/reports/files.sql`, which is told what is trivial."""
    return scope.figures("files", {"trivial": trivial_hashes(scope)})
