"""What the reports of one command have in common, counted once: a day's figures serve seven other reports."""

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

from sqlalchemy import Connection

from cowrie_assets.warehouse.day_versions import Version, versions_of_sessions

Counted = TypeVar("Counted")


class Memo:
    """Remembers what was counted, by what it is and whose. It is good for one snapshot, or as long as `renew` says."""

    def __init__(self) -> None:
        self._counted: dict[tuple[Hashable, ...], object] = {}
        self._versions: tuple[Version, ...] = ()
        self._of_snapshot: dict[str, object] = {}

    def once(self, key: tuple[Hashable, ...], count: Callable[[], Counted]) -> Counted:
        """What stands under `key`; where nothing does, what `count` gives, which stands there from now on.

        A key is used for values of one type only.
        """
        if key not in self._counted:
            self._counted[key] = count()
        return cast(Counted, self._counted[key])

    def keep(self, key: tuple[Hashable, ...], counted: object) -> None:
        """Remember what was counted on another occasion."""
        self._counted[key] = counted

    def keep_for_now(self, name: str, counted: object) -> None:
        """Remember what was counted until something else is kept by this name, and no longer than the snapshot."""
        self._of_snapshot[name] = counted

    def kept_for_now(self, name: str) -> object:
        """What was kept so last; None where nothing was."""
        return self._of_snapshot.get(name)

    def renew(self, connection: Connection) -> None:
        """Forget everything if sessions changed since the last call; to be called first in each new snapshot."""
        self._of_snapshot.clear()
        versions = versions_of_sessions(connection)
        if versions != self._versions:
            self._counted.clear()
            self._versions = versions
