"""What of a report's numbers is not what its file says: the data, without what depends on the moment of the writing."""

from cowrie_assets.reports.agreement import Document
from cowrie_assets.reports.document import ReportDocument

_CIRCUMSTANCES = {"generated_at", "complete", "alerts", "operations", "legacy"}
"""What depends on the moment of the writing: on ledgers and checks of then, and on what is made of those."""
_RARE = {"snowshoe", "longtail"}


def differing(written: Document, document: ReportDocument, *, knows_rare: bool = True) -> str:
    """The names of what is not as it was built, the circumstances of the writing aside; empty where all is. Of
    snowshoes and the long tail it is the names alone where it is not known yet what is told of them."""
    right: Document = document
    late = set() if knows_rare else _RARE
    names = [
        name
        for name in right
        if name not in written or (name not in late and _data(name, written) != _data(name, right))
    ]
    return ", ".join(names if written.keys() <= right.keys() else [*names, "what no report has"])


def _data(name: str, document: Document) -> object:
    """What follows from the stored data alone."""
    if name in _CIRCUMSTANCES:
        return None
    value = document[name]
    if name == "changes" and isinstance(value, dict) and isinstance(value.get("previous"), dict):
        return value | {"previous": value["previous"] | {"complete": None}}
    return value
