"""The move of rankings: "rankings of a week or month show the move against the period before"."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cowrie_assets.reports.figures import LISTED_SECTIONS, Scope
from cowrie_assets.reports.history import periods_before
from cowrie_assets.reports.listed import top_lists as counted_top_lists
from cowrie_assets.reports.top_list import TopItem

Places = Mapping[tuple[str, str], Mapping[str, int]]
"""The place, from 1, of each value of a list, by the list's section and key."""


def rank_lists(scope: Scope, sections: Mapping[str, Any]) -> None:
    """Give the items of the top lists of a weekly or monthly document their `previous_rank`.

    That is the place in the same list, of the same length, of the period before; None where the value is not in it. No
    item has one where there is no period before to compare with, nor where known scanners are left out: who is one may
    change for the period before alone, and this document would not be marked to follow.
    """
    if scope.period.report_type == "daily" or scope.without_known_scanners:
        return
    if before := periods_before(scope, 1):
        previous = scope.at(before[0])
        places = scope.memo.once(_key(previous), lambda: _places(_counted(previous)))
        for name, items in top_lists(sections):
            for item in items:
                item["previous_rank"] = places.get(name, {}).get(item["value"])
    scope.memo.keep(_key(scope), _places(sections))


def _key(scope: Scope) -> tuple[str, str, int, int]:
    return ("places", scope.period.label, scope.sensor_id, scope.top)


def _counted(scope: Scope) -> dict[str, Mapping[str, Sequence[TopItem]]]:
    """The top lists of a period, counted without the rest of its document."""
    return {section: found.tops for section, found in counted_top_lists(scope).items()}


def _places(sections: Mapping[str, Any]) -> Places:
    return {name: {item["value"]: place for place, item in enumerate(items, 1)} for name, items in top_lists(sections)}


def top_lists(sections: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], list[TopItem]]]:
    """Each top list of the sections, by section and key."""
    for section in LISTED_SECTIONS:
        for key, items in sections[section].items():
            if key.startswith("top_"):
                yield (section, key), items
