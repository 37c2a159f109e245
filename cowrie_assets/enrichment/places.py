"""Where addresses are, and which lists name them: the only writer of `place_facts` and `tag_facts`.

Several sources may say where an address is. What is shown of them is put together field by field (the view
`address_places`), and where that changes, or the lists that name an address, the reports of the days that saw it are
marked in the same transaction: see `enrichment.marking`.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, delete, select, update

from cowrie_assets.cowrie.event_types import KNOWN
from cowrie_assets.enrichment.answers import Kind
from cowrie_assets.enrichment.marking import mark_reports, reports_of_days
from cowrie_assets.warehouse.bulk_insert import insert_rows
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.dictionary import Dictionaries
from cowrie_assets.warehouse.schema import place_facts, tag_facts
from cowrie_assets.warehouse.verdict_lock import begin_places, begin_verdicts

LONGEST_NAME = 256
_LARGEST_ASN = 2**32 - 1
_COUNTRY = re.compile("[A-Z]{2}")
_COLUMNS = ("address_id", "source", "country", "asn", "as_name_id", "city_id")


class PlaceSource(IntEnum):
    """Who says where addresses are: the lesser is believed, field by field."""

    MMDB = 1
    """Databases on this machine: `enrichment.place_databases`."""
    CYMRU = 2
    """Team Cymru's service."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address is, as far as it is known."""

    country: str | None = None
    """ISO 3166, two capital letters."""
    asn: int | None = None
    as_name: str | None = None
    """Of the ASN beside it."""
    city: str | None = None

    @classmethod
    def bounded(
        cls, country: str | None = None, asn: int | None = None, as_name: str | None = None, city: str | None = None
    ) -> "Place":
        """What a source says, within the bounds of the tables: names are cut, what is no country or ASN is None."""
        number = asn if asn is not None and 0 < asn <= _LARGEST_ASN else None
        return cls(
            country if country and _COUNTRY.fullmatch(country) else None,
            number,
            as_name[:LONGEST_NAME] or None if as_name and number is not None else None,
            city[:LONGEST_NAME] or None if city else None,
        )

    def filled_from(self, other: "Place") -> "Place":
        """This one, and from the other what it does not know."""
        if other is NOWHERE or self is NOWHERE:
            return self if other is NOWHERE else other
        of_as = self if self.asn is not None else other
        return Place(self.country or other.country, of_as.asn, of_as.as_name, self.city or other.city)


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Written:
    """What came of writing places or tags."""

    changed: int = 0
    """Addresses of which something is another now."""
    reports: int = 0
    """Periods (days, weeks and months) of which a report shows otherwise."""


class _Row(NamedTuple):
    """A place as it is stored: the columns behind the key of `place_facts`."""

    country: str | None
    asn: int | None
    as_name_id: int | None
    city_id: int | None


_NO_ROW = _Row(None, None, None, None)


def record_places(
    connection: Connection,
    source: PlaceSource,
    places: Mapping[int, Place | None],
    *,
    now_us: int,
    in_a_row: bool = False,
) -> Written:
    """Write where a source says that addresses (`texts.id`) are, in the write transaction that is given (`ROWS`).

    None, or a place of which nothing is known, takes away what the source said before. Only differences are written.
    `now_us` is the time of the change, in microseconds since 1970-01-01 UTC. Give it addresses in batches; `in_a_row`
    says that no other source address lies between them.
    """
    wanted = _rows(connection, places)
    begin_writing(connection)
    stored = _stored_places(connection, sorted(places), in_a_row=in_a_row)
    differing = {address: row for address, row in wanted.items() if row != stored.get(address, {}).get(source, _NO_ROW)}
    others = {address: stored.get(address, {}) for address in differing}
    _write_places(connection, source, differing, {each for each, rows in others.items() if source in rows})
    shown = [
        address
        for address, row in differing.items()
        if others[address].keys() <= {source} or _shown(others[address]) != _shown({**others[address], source: row})
    ]
    return Written(len(differing), _mark(connection, shown, now_us))


def record_tags(
    connection: Connection,
    tags: Mapping[int, Collection[int]],
    *,
    apart_from: Collection[int] = (),
    now_us: int,
    in_a_row: bool = False,
) -> Written:
    """Write which lists (`address_lists.id`) name addresses (`texts.id`); as `record_places`.

    The lists `apart_from` could not be read: what they named, they name.
    """
    begin_writing(connection)
    stored = _stored_tags(connection, sorted(tags), in_a_row=in_a_row)
    pairs = {(address, each) for address, lists in tags.items() for each in lists}
    kept = {pair for pair in stored if pair[0] in tags and pair[1] not in apart_from}
    gone, new = sorted(kept - pairs), sorted(pairs - stored)
    _remove_tags(connection, gone)
    insert_rows(connection, "tag_facts", ("address_id", "list_id"), new)
    changed = sorted({address for address, _ in (*gone, *new)})
    return Written(len(changed), _mark(connection, changed, now_us))


def begin_writing(connection: Connection) -> None:
    """One transaction writes at a time, so that what is shown of several sources is compared with what stands."""
    begin_verdicts(connection)
    begin_places(connection)


def _mark(connection: Connection, addresses: Sequence[int], now_us: int) -> int:
    reports = reports_of_days(connection, {Kind.ADDRESS: sorted(addresses)})
    return mark_reports(connection, reports, now_us)


def _rows(connection: Connection, places: Mapping[int, Place | None]) -> dict[int, _Row]:
    names = {name for place in places.values() if place for name in (place.as_name, place.city) if name is not None}
    ordered = sorted(names)
    texts = Dictionaries(KNOWN.__contains__).texts
    ids: dict[str | None, int | None] = {None: None}
    ids |= dict(zip(ordered, texts.resolve(connection, ordered), strict=True))
    return {
        address: _Row(place.country, place.asn, ids[place.as_name], ids[place.city]) if place else _NO_ROW
        for address, place in places.items()
    }


def _shown(rows: Mapping[int, _Row]) -> _Row:
    """What the view `address_places` makes of the rows of an address."""
    ordered = [rows[source] for source in PlaceSource if source in rows]
    of_as = next((row for row in ordered if row.asn is not None), _NO_ROW)
    country = next((row.country for row in ordered if row.country is not None), None)
    city = next((row.city_id for row in ordered if row.city_id is not None), None)
    return _Row(country, of_as.asn, of_as.as_name_id, city)


def _stored_places(connection: Connection, addresses: Sequence[int], *, in_a_row: bool) -> dict[int, dict[int, _Row]]:
    """The rows of addresses, by their source; those of addresses between them too."""
    columns = place_facts.c
    found: dict[int, dict[int, _Row]] = {}
    for some in _conditions(columns.address_id, addresses, in_a_row=in_a_row):
        for address, source, *row in connection.execute(select(*(columns[name] for name in _COLUMNS)).where(some)):
            found.setdefault(address, {})[source] = _Row(*row)
    return found


def _stored_tags(connection: Connection, addresses: Sequence[int], *, in_a_row: bool) -> set[tuple[int, int]]:
    columns = tag_facts.c
    found: set[tuple[int, int]] = set()
    for some in _conditions(columns.address_id, addresses, in_a_row=in_a_row):
        rows = connection.execute(select(columns.address_id, columns.list_id).where(some))
        found.update((row.address_id, row.list_id) for row in rows)
    return found


def _conditions(
    column: ColumnElement[int], addresses: Sequence[int], *, in_a_row: bool
) -> Iterator[ColumnElement[bool]]:
    if in_a_row and addresses:
        yield column.between(addresses[0], addresses[-1])
        return
    for some in chunks(addresses):
        yield column.in_(some)


def _write_places(
    connection: Connection, source: PlaceSource, rows: Mapping[int, _Row], standing: Collection[int]
) -> None:
    key = {"of_source": int(source)}
    gone = [{"of_address": address, **key} for address, row in rows.items() if row == _NO_ROW]
    changed = [
        {"of_address": address, **key, **row._asdict()}
        for address, row in rows.items()
        if address in standing and row != _NO_ROW
    ]
    new = [(address, int(source), *row) for address, row in sorted(rows.items()) if address not in standing]
    is_row = (place_facts.c.address_id == bindparam("of_address"), place_facts.c.source == bindparam("of_source"))
    if gone:
        connection.execute(delete(place_facts).where(*is_row), gone)
    if changed:
        connection.execute(update(place_facts).where(*is_row), changed)
    insert_rows(connection, "place_facts", _COLUMNS, new)


def _remove_tags(connection: Connection, pairs: Iterable[tuple[int, int]]) -> None:
    rows = [{"of_address": address, "of_list": each} for address, each in pairs]
    if rows:
        columns = tag_facts.c
        is_row = (columns.address_id == bindparam("of_address"), columns.list_id == bindparam("of_list"))
        connection.execute(delete(tag_facts).where(*is_row), rows)
