"""The databases of `COWRIE_MMDB` as addresses are matched with them: all, or none while one cannot be used.

Which of several knows a country first decides, so a place is not worked out from some of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from operator import itemgetter
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select, update

from cowrie_assets.enrichment.address_ranges import Address
from cowrie_assets.enrichment.file_marks import OvertakenError, begun
from cowrie_assets.enrichment.local_sources import UnusableFileError
from cowrie_assets.enrichment.place_databases import DatabaseFile, PlaceDatabases, look_at, opened_databases
from cowrie_assets.enrichment.places import NOWHERE, Place, PlaceSource, Written, begin_writing, record_places
from cowrie_assets.warehouse.codec import encode_text
from cowrie_assets.warehouse.schema import place_databases


class MatchedPlaces:
    """See `matching.Files`."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.faults: list[str] = []
        self._paths = paths
        self._files: list[DatabaseFile] = []
        self._databases = PlaceDatabases([])
        self._standing: list[bytes | None] = []
        """What stands beside the databases while they are matched."""

    @property
    def are_matched(self) -> bool:
        """Whether all of them can be used."""
        return bool(self._paths) and not self.faults

    def look(self, connection: Connection) -> bool:
        """Whether they are others than those that all addresses were matched with."""
        for path in self._paths:
            try:
                self._files.append(look_at(path))
            except UnusableFileError as error:
                self.faults.append(str(error))
        return not self.faults and [file.mark for file in self._files] != _stored_marks(connection)

    def begin(self, connection: Connection, *, is_whole: bool) -> None:
        """Take the marks away until all addresses are matched; of databases that are no more, these stay till then."""
        begin_writing(connection)
        self._standing = [begun(file.mark) if is_whole else file.mark for file in self._files]
        if is_whole and self._files:
            connection.execute(delete(place_databases))
            rows = [
                {
                    "position": position,
                    "name": encode_text(file.name),
                    "type": encode_text(file.type),
                    "built_at": file.built_at,
                    "mark": mark,
                }
                for position, (file, mark) in enumerate(zip(self._files, self._standing, strict=True))
            ]
            connection.execute(insert(place_databases), rows)
        elif is_whole:
            connection.execute(update(place_databases).values(mark=None))
            self._standing = [None] * len(_stored_marks(connection))

    def open(self, stack: ExitStack) -> None:
        """Open them until the stack is closed. Raises UnusableFileError."""
        self._databases = stack.enter_context(opened_databases(self._paths))

    def match(
        self,
        connection: Connection,
        found: Mapping[int, Address | None],
        *,
        now_us: int,
        in_a_row: bool,
    ) -> Written:
        """Write where addresses are. Raises UnusableFileError, OvertakenError."""
        self._require_standing(connection)
        places = self._places_of(found)
        return record_places(connection, PlaceSource.MMDB, places, now_us=now_us, in_a_row=in_a_row)

    def _places_of(self, found: Mapping[int, Address | None]) -> dict[int, Place | None]:
        places: dict[int, Place | None] = dict.fromkeys(found)
        for address_id, address in sorted(_known(found), key=itemgetter(1)):
            place = self._databases.place_of(address)
            places[address_id] = None if place == NOWHERE else place
        return places

    def finish(self, connection: Connection, *, is_whole: bool, now_us: int) -> None:
        """Record the marks that all addresses were matched with. Raises OvertakenError."""
        self._require_standing(connection)
        if is_whole and not self._files:
            connection.execute(delete(place_databases))
        elif is_whole:
            for position, file in enumerate(self._files):
                row = {"mark": file.mark, "matched_at": now_us}
                connection.execute(update(place_databases).where(place_databases.c.position == position).values(row))

    def _require_standing(self, connection: Connection) -> None:
        begin_writing(connection)
        found = _stored_marks(connection)
        if found != self._standing:
            raise OvertakenError(is_done=found == [file.mark for file in self._files])


def _stored_marks(connection: Connection) -> list[bytes | None]:
    columns = place_databases.c
    marks = connection.execute(select(columns.mark).order_by(columns.position)).scalars()
    return [mark and bytes(mark) for mark in marks]


def _known(found: Mapping[int, Address | None]) -> Iterator[tuple[int, Address]]:
    return ((address_id, address) for address_id, address in found.items() if address is not None)
