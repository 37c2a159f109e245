"""Sets of things that belong together, as one pair after the other says so."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item", bound=Hashable)


class Union(Generic[Item]):
    """Things, each alone at first. What `groups` gives does not depend on the order of the pairs."""

    def __init__(self, items: Iterable[Item] = ()) -> None:
        self._parents: dict[Item, Item] = {item: item for item in items}

    def __iter__(self) -> Iterator[Item]:
        return iter(self._parents)

    def add(self, item: Item) -> None:
        """Have `item` among them."""
        self._parents.setdefault(item, item)

    def find(self, item: Item) -> Item:
        """The thing that stands for the set of `item`."""
        parents = self._parents
        while parents[item] != item:
            parents[item] = item = parents[parents[item]]
        return item

    def join(self, one: Item, other: Item) -> None:
        """Both belong together."""
        self._parents[self.find(other)] = self.find(one)

    def groups(self) -> list[list[Item]]:
        """The sets, each in the order in which its things came."""
        found: defaultdict[Item, list[Item]] = defaultdict(list)
        for item in self._parents:
            found[self.find(item)].append(item)
        return list(found.values())
