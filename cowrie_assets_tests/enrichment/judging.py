"""Verdicts as tests write them, and what reports show of them."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from itertools import product
from typing import Any

from sqlalchemy import Connection, select

from cowrie_assets.clock import to_us
from cowrie_assets.enrichment.answers import Answer, Kind, Said, Status
from cowrie_assets.enrichment.places import Place, PlaceSource, Written, record_places, record_tags
from cowrie_assets.enrichment.verdicts import Recorded, record
from cowrie_assets.reports.document import build_report
from cowrie_assets.reports.periods import REPORT_TYPES, Period, period_of
from cowrie_assets.reports.sensors import sensors_with_sessions
from cowrie_assets.reports.staleness import stale_periods
from cowrie_assets.warehouse.dictionary import digest_of
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import address_lists, texts
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.write_scope import ROWS

MONDAY = date(2020, 8, 31)
NOW = to_us(datetime(2021, 2, 1, tzinfo=UTC))
"""When reports are written and verdicts come: long ago, for `validate` passes over files that are newer than itself."""

_CIRCUMSTANCES = ("generated_at", "operations")


def of_file(shasum: str, malicious: bool | None = True, *, at: int = 1, **said: Any) -> Answer:
    return Answer(Kind.FILE, shasum, "virustotal", Status.ENRICHED, at, Said(malicious, **said))


def of_address(
    ip: str, malicious: bool | None = True, *, provider: str = "dshield", at: int = 1, **said: Any
) -> Answer:
    return Answer(Kind.ADDRESS, ip, provider, Status.ENRICHED, at, Said(malicious, **said))


def failed(kind: Kind, value: str, *, provider: str = "virustotal", at: int = 1, **rest: Any) -> Answer:
    return Answer(kind, value, provider, Status.FAILED, at, **rest)


def judge(warehouse: Warehouse, *answers: Answer, now: int = NOW) -> Recorded:
    return warehouse.run(lambda connection: record(connection, answers, now_us=now), ROWS)


def place(warehouse: Warehouse, places: Mapping[str, Place | None], source: PlaceSource = PlaceSource.MMDB) -> Written:
    """Say where addresses are."""

    def write(connection: Connection) -> Written:
        ids = _ids(connection, places)
        return record_places(connection, source, {ids[ip]: found for ip, found in places.items()}, now_us=NOW)

    return warehouse.run(write, ROWS)


def tag(warehouse: Warehouse, tags: Mapping[str, Iterable[tuple[str, str]]]) -> Written:
    """Say which lists, by name and kind, name addresses: those, and no others."""

    def write(connection: Connection) -> Written:
        for name, kind in sorted({each for lists in tags.values() for each in lists}):
            connection.execute(statement("enrichment/add_list"), {"name": name, "kind": kind})
        lists = {(row.name, row.kind): row.id for row in connection.execute(select(address_lists))}
        ids = _ids(connection, tags)
        return record_tags(connection, {ids[ip]: [lists[each] for each in tags[ip]] for ip in tags}, now_us=NOW)

    return warehouse.run(write, ROWS)


def _ids(connection: Connection, addresses: Iterable[str]) -> dict[str, int]:
    by_digest = {digest_of(ip): ip for ip in addresses}
    known = connection.execute(select(texts.c.digest, texts.c.id).where(texts.c.digest.in_(list(by_digest))))
    return {by_digest[bytes(row.digest)]: row.id for row in known}


def periods_of(days: Iterable[date]) -> list[Period]:
    """The days, weeks and months of some days."""
    found = {period_of(kind, day) for kind in REPORT_TYPES for day in days}
    return sorted(found, key=lambda period: (period.report_type, period.label))


def stale(warehouse: Warehouse) -> set[str]:
    """The labels of the periods whose reports are stale."""
    with warehouse.read() as connection:
        return {period.label for kind in REPORT_TYPES for period in stale_periods(connection, kind, now=NOW)}


def shown(warehouse: Warehouse, periods: Iterable[Period]) -> dict[tuple[str, str | None], list[Any]]:
    """What the documents of each period, of all sensors (None; with known scanners in the top lists and without) and of
    each, would show now, but for when."""
    documents: dict[tuple[str, str | None], list[Any]] = {}
    with warehouse.read() as connection:
        sensors = (None, *sensors_with_sessions(connection))
        for period, sensor in product(periods, sensors):
            built: list[Any] = [
                build_report(connection, period, sensor, without_known_scanners=without, now_us=NOW)
                for without in ((False, True) if sensor is None else (False,))
            ]
            for document in built:
                for name in _CIRCUMSTANCES:
                    del document[name]
                del document["enrichments"]["verdicts_as_of"]
            documents[period.label, sensor] = built
    return documents
