"""The lists of `COWRIE_ADDRESS_LISTS` as addresses are matched with them. The tags of one that cannot be used stay."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from sqlalchemy import Connection, Row, delete, select, update

from cowrie_assets.enrichment.address_lists import ReadList, mark_of, parse, read_content
from cowrie_assets.enrichment.address_ranges import BITS, Address
from cowrie_assets.enrichment.file_marks import OvertakenError, begun
from cowrie_assets.enrichment.local_sources import UnusableFileError
from cowrie_assets.enrichment.named_lists import AddressList
from cowrie_assets.enrichment.places import Written, begin_writing, record_tags
from cowrie_assets.warehouse.codec import encode_text
from cowrie_assets.warehouse.schema import address_lists
from cowrie_assets.warehouse.sql import statement

_Key = tuple[str, str]
"""Name and kind."""


class MatchedLists:
    """See `matching.Files`."""

    def __init__(self, lists: Sequence[AddressList]) -> None:
        self.faults: list[str] = []
        self._lists = {(each.name, str(each.kind)): each for each in lists}
        self._marks: dict[_Key, bytes] = {}
        """Of those that could be read."""
        self._read: dict[_Key, ReadList] = {}
        self._unusable: dict[_Key, str] = {}
        """Of those whose content was read and cannot be used: why."""
        self._ids: dict[_Key, int] = {}
        self._standing: dict[_Key, bytes | None] = {}
        """What stands beside all lists while they are matched."""

    @property
    def are_matched(self) -> bool:
        """Whether any of them can be read."""
        return bool(self._marks)

    def look(self, connection: Connection) -> bool:
        """Whether they are others than those that all addresses were matched with."""
        for key, each in self._lists.items():
            try:
                self._marks[key] = mark_of(_content(each)[0])
            except UnusableFileError as error:
                self.faults.append(str(error))
        stored = {(row.name, row.kind): row for row in connection.execute(select(address_lists))}
        same = {key for key, mark in self._marks.items() if key in stored and _mark(stored[key]) == mark}
        for key in sorted(same):
            if stored[key].error is not None:
                self.faults.append(stored[key].error)
                self._unusable[key] = stored[key].error
        return same != self._marks.keys() or not stored.keys() <= self._lists.keys()

    def begin(self, connection: Connection, *, is_whole: bool) -> None:
        """Give each its number, and take the marks away of those that addresses are now matched without, or anew."""
        begin_writing(connection)
        for name, kind in sorted(self._lists):
            connection.execute(statement("enrichment/add_list"), {"name": name, "kind": kind})
        rows = connection.execute(select(address_lists)).all()
        self._ids = {(row.name, row.kind): row.id for row in rows}
        marks = {key: begun(mark) for key, mark in self._marks.items()} if is_whole else self._marks
        self._standing = {key: marks.get(key) for key in self._ids}
        for key, mark in self._standing.items():
            if is_whole or mark is None:
                connection.execute(update(address_lists).where(address_lists.c.id == self._ids[key]).values(mark=mark))

    def open(self, _stack: ExitStack) -> None:
        """Read them."""
        for key in sorted(self._marks.keys() - self._unusable.keys()):
            try:
                content, written_at = _content(self._lists[key])
                self._marks[key] = mark_of(content)
                self._read[key] = parse(self._lists[key].path, content, written_at)
            except UnusableFileError as error:
                self.faults.append(str(error))
                self._unusable[key] = str(error)

    def match(
        self,
        connection: Connection,
        found: Mapping[int, Address | None],
        *,
        now_us: int,
        in_a_row: bool,
    ) -> Written:
        """Write which lists name addresses. Raises OvertakenError."""
        self._require_standing(connection)
        apart = {self._ids[key] for key in self._lists.keys() - self._read.keys()}
        tags = self._tags_of(found)
        return record_tags(connection, tags, apart_from=apart, now_us=now_us, in_a_row=in_a_row)

    def _tags_of(self, found: Mapping[int, Address | None]) -> dict[int, tuple[int, ...]]:
        tags: dict[int, tuple[int, ...]] = dict.fromkeys(found, ())
        by_version: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for address_id, address in found.items():
            if address is not None:
                by_version[address.version].append((address.number, address_id))
        for version in by_version.keys() & BITS.keys():
            ordered = sorted(by_version[version])
            numbers = [number for number, _ in ordered]
            for key, read in self._read.items():
                for position in read.ranges.positions(version, numbers):
                    tags[ordered[position][1]] += (self._ids[key],)
        return tags

    def finish(self, connection: Connection, *, is_whole: bool, now_us: int) -> None:
        """Record what all addresses were matched with, and forget the lists that are no more. Raises OvertakenError."""
        self._require_standing(connection)
        columns = address_lists.c
        for key in self._lists:
            row = self._row(key, now_us) if is_whole else None
            if row is not None:
                connection.execute(update(address_lists).where(columns.id == self._ids[key]).values(row))
        if is_whole:
            gone = [number for key, number in self._ids.items() if key not in self._lists]
            connection.execute(delete(address_lists).where(columns.id.in_(gone)))

    def _require_standing(self, connection: Connection) -> None:
        begin_writing(connection)
        rows = connection.execute(select(address_lists)).all()
        found = {(row.name, row.kind): _mark(row) for row in rows}
        if found != self._standing:
            raise OvertakenError(is_done=found == {key: self._marks.get(key) for key in self._lists})

    def _row(self, key: _Key, now_us: int) -> dict[str, object] | None:
        """What is recorded of a list; None where it could not be read."""
        if key in self._unusable:
            return {"mark": self._marks[key], "error": encode_text(self._unusable[key])}
        read = self._read.get(key)
        if read is None:
            return None
        said = {"entries": read.entries, "passed_over": read.passed_over, "written_at": read.written_at}
        return {**said, "mark": read.mark, "matched_at": now_us, "error": None}


def _content(each: AddressList) -> tuple[bytes, int]:
    return read_content(each.path, may_be_empty=each.may_be_empty)


def _mark(row: Row[tuple[object, ...]]) -> bytes | None:
    return None if row.mark is None else bytes(row.mark)
