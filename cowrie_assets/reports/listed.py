"""The figures of the sections that have top lists, which several parts of a document are made of."""

from cowrie_assets.reports.figures import LISTED_SECTIONS, Listed, Scope
from cowrie_assets.reports.trivial_hashes import trivial_hashes


def listed(scope: Scope) -> Listed:
    """The figures of each of `LISTED_SECTIONS`."""
    values = {"files": {"trivial": trivial_hashes(scope)}}
    return {section: scope.figures(section, values.get(section)) for section in LISTED_SECTIONS}
