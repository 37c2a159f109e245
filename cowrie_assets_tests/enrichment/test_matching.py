"""Addresses matched with databases and lists on this machine: what is stored, and which reports follow."""

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from cowrie_assets.clock import day_number
from cowrie_assets.enrichment import matching
from cowrie_assets.enrichment.local_sources import LocalSources
from cowrie_assets.enrichment.matching import Matched, Plan, match_addresses, plan_matching
from cowrie_assets.enrichment.named_lists import AddressList, ListKind
from cowrie_assets.enrichment.places import Place, PlaceSource, Written, record_places
from cowrie_assets.enrichment.source_states import sources_of
from cowrie_assets.reports.checks import check_reports
from cowrie_assets.reports.files import write_reports
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import texts
from cowrie_assets.warehouse.write_scope import ROWS
from cowrie_assets_tests.databases import ENGINES, Databases
from cowrie_assets_tests.enrichment.judging import MONDAY, NOW, periods_of, stale
from cowrie_assets_tests.enrichment.mmdb import write_mmdb
from cowrie_assets_tests.reports.facts import Facts, Session

DAYS = [MONDAY + timedelta(days=number) for number in (0, 40, 80)]
ON_FIRST, ON_SECOND, ON_THIRD, NO_ADDRESS = "192.0.2.1", "2001:db8::1", "198.51.100.7", "<b>'; DROP TABLE texts"
HOSTILE = "<script>\x00'\"; --\n" + "x" * 500
CITIES = {
    "192.0.2.0/24": {"country": {"iso_code": "DE"}, "city": {"names": {"en": HOSTILE}}},
    "2001:db8::/32": {"country_code": "nl"},
}
NETWORKS = {
    "192.0.2.0/24": {"asn": "AS64500", "as_name": HOSTILE},
    "198.51.100.0/24": {"autonomous_system_number": 2**32 - 1, "country": "FR"},
}


@pytest.fixture(scope="module", params=ENGINES)
def original(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """A database, and the reports of three addresses, each on a day of another month, the second on the first day
    too."""
    folder = tmp_path_factory.mktemp("original")
    url = databases.new(request.param, folder)
    sessions = [Session(day, src_ip=ip) for day, ip in zip(DAYS, (ON_FIRST, ON_SECOND, ON_THIRD), strict=True)]
    with Warehouse.open(url) as warehouse:
        Facts(warehouse).store([*sessions, Session(DAYS[0], src_ip=ON_SECOND), Session(DAYS[0], src_ip=NO_ADDRESS)])
        write(warehouse, DAYS, folder / "reports")
        assert stale(warehouse) == set()
    return url, folder / "reports"


@pytest.fixture
def database_url(original: tuple[str, Path], databases: Databases, tmp_path: Path) -> Iterator[str]:
    with databases.copied(original[0], tmp_path) as url:
        yield url


@pytest.fixture
def written(original: tuple[str, Path], tmp_path: Path) -> Path:
    """The reports that a test may write anew."""
    return Path(shutil.copytree(original[1], tmp_path / "reports"))


def write(warehouse: Warehouse, days: Iterable[date], folder: Path) -> None:
    for period in periods_of(days):
        write_reports(warehouse, period, folder, formats=["json"], now_us=NOW)
    assert [result for result in check_reports(warehouse, report_dir=folder) if not result.passed] == []


def labels(*days: date) -> set[str]:
    return {period.label for period in periods_of(days)}


def listed(folder: Path, name: str, *lines: str, kind: ListKind = ListKind.SCANNER) -> AddressList:
    path = folder / name
    path.write_text("\n".join(lines))
    return AddressList(name, kind, path)


def match(warehouse: Warehouse, sources: LocalSources) -> tuple[Matched, Matched]:
    of_places, of_lists = match_addresses(warehouse, sources, now_us=NOW)
    return of_places, of_lists


def rows(warehouse: Warehouse, view: str) -> list[tuple[Any, ...]]:
    with warehouse.read() as connection:
        return sorted(tuple(row)[1:] for row in connection.execute(text(f"SELECT * FROM {view}")))


def address_id(warehouse: Warehouse, address: str) -> int:
    with warehouse.read() as connection:
        return connection.execute(select(texts.c.id).where(texts.c.text == address)).scalar_one()


@pytest.mark.sqlite_first
def test_places_are_put_together_and_reach_the_reports_of_their_days(warehouse: Warehouse, written: Path) -> None:
    cities = write_mmdb(written / "city.mmdb", CITIES, built=NOW // 10**6 - 31 * 86400, database_type="City")
    sources = LocalSources((cities, write_mmdb(written / "asn.mmdb", NETWORKS)))
    assert match(warehouse, sources) == (Matched("mmdb", 4, 3, ()), Matched("lists", 0, 0, ()))
    (first, *others) = rows(warehouse, "address_places")
    assert (first[0], first[1], first[3]) == (ON_FIRST, "DE", 64500)
    assert len(first[2]) == len(first[4]) == 256
    assert others == [(ON_THIRD, "FR", None, 2**32 - 1, None), (ON_SECOND, "NL", None, None, None)]
    assert stale(warehouse) == labels(*DAYS)
    write(warehouse, DAYS, written)
    with warehouse.read() as connection:
        states = sources_of(connection)
    assert [(state.name, state.kind, state.is_stale(NOW)) for state in states] == [
        ("city.mmdb", "City", True),
        ("asn.mmdb", "Test", True),
    ]
    assert match(warehouse, sources)[0] == Matched("mmdb", 0, 0, ())
    assert stale(warehouse) == set()


@pytest.mark.sqlite_first
def test_a_database_that_is_replaced_reaches_what_changed_and_one_that_goes_takes_it_away(
    warehouse: Warehouse, written: Path
) -> None:
    sources = LocalSources((write_mmdb(written / "city.mmdb", CITIES),))
    match(warehouse, sources)
    write(warehouse, DAYS, written)
    other = write_mmdb(written / "new", {**CITIES, "198.51.100.0/24": {"country": "FR"}}, built=1_600_000_001)
    other.replace(sources.databases[0])
    assert plan_matching(warehouse, sources)[0].is_whole
    assert match(warehouse, sources)[0] == Matched("mmdb", 4, 1, ())
    assert stale(warehouse) == labels(DAYS[2])
    write(warehouse, DAYS, written)
    sources.databases[0].write_bytes(b"<html>")
    found = match(warehouse, sources)
    assert [len(each.faults) for each in found] == [1, 0]
    assert "city.mmdb cannot be used: it is no MMDB database" in found[0].faults[0]
    assert len(rows(warehouse, "address_places")) == 3
    assert match(warehouse, LocalSources())[0].changed == 3
    assert rows(warehouse, "address_places") == []
    assert stale(warehouse) == labels(*DAYS)


@pytest.mark.sqlite_first
def test_a_database_is_believed_before_a_service_field_by_field(warehouse: Warehouse, written: Path) -> None:
    match(warehouse, LocalSources((write_mmdb(written / "city.mmdb", CITIES),)))
    write(warehouse, DAYS, written)
    first, second = address_id(warehouse, ON_FIRST), address_id(warehouse, ON_SECOND)

    def ask(places: dict[int, Place | None]) -> Written:
        return warehouse.run(lambda connection: record_places(connection, PlaceSource.CYMRU, places, now_us=NOW), ROWS)

    assert ask({first: Place("FR"), second: Place("NL", 64501, "EXAMPLE, NL")}) == Written(2, len(labels(*DAYS[:2])))
    assert [row[:2] + row[3:] for row in rows(warehouse, "address_places")] == [
        (ON_FIRST, "DE", None, None),
        (ON_SECOND, "NL", 64501, "EXAMPLE, NL"),
    ]
    write(warehouse, DAYS, written)
    assert ask({first: Place("BR"), second: Place("US", 64501, "EXAMPLE, NL")}) == Written(2, 0)
    assert ask({first: None, second: Place("US", 64501, "EXAMPLE, NL")}) == Written(1, 0)
    assert stale(warehouse) == set()
    match(warehouse, LocalSources())
    assert rows(warehouse, "address_places") == [(ON_SECOND, "US", None, 64501, "EXAMPLE, NL")]


@pytest.mark.sqlite_first
def test_tags_reach_the_reports_of_their_days_and_follow_the_lists(warehouse: Warehouse, written: Path) -> None:
    scanners = listed(written, "scanners", ON_FIRST, "198.51.100.0/24", "bad")
    tor = listed(written, "tor", "2001:db8::/64", kind=ListKind.TOR)
    assert match(warehouse, LocalSources(lists=(scanners, tor)))[1] == Matched("lists", 4, 3, ())
    tags = [(ON_FIRST, "scanners", "scanner"), (ON_THIRD, "scanners", "scanner"), (ON_SECOND, "tor", "tor")]
    assert rows(warehouse, "address_tags") == tags
    assert stale(warehouse) == labels(*DAYS)
    write(warehouse, DAYS, written)
    with warehouse.read() as connection:
        assert [(each.name, each.entries, each.passed_over) for each in sources_of(connection)] == [
            ("scanners", 2, 1),
            ("tor", 1, 0),
        ]
    scanners = listed(written, "scanners", ON_FIRST)
    assert match(warehouse, LocalSources(lists=(scanners, tor)))[1] == Matched("lists", 4, 1, ())
    assert stale(warehouse) == labels(DAYS[2])
    write(warehouse, DAYS, written)
    tor.path.unlink()
    (fault,) = match(warehouse, LocalSources(lists=(scanners, tor)))[1].faults
    assert "tor cannot be used: No such file" in fault
    scanners = listed(written, "scanners", "<html>")
    for _ in range(2):
        found = match(warehouse, LocalSources(lists=(scanners, tor)))[1]
        assert (len(found.faults), found.changed) == (2, 0)
    assert found.addresses == 0
    scanners = listed(written, "scanners", "")
    found = match(warehouse, LocalSources(lists=(scanners, tor)))[1]
    assert (len(found.faults), found.changed) == (2, 0)
    assert "scanners cannot be used: it is empty" in found.faults[0]
    assert len(rows(warehouse, "address_tags")) == 2
    assert stale(warehouse) == set()
    found = match(warehouse, LocalSources(lists=(replace(scanners, may_be_empty=True), tor)))[1]
    assert (len(found.faults), found.changed) == (1, 1)
    scanners = listed(written, "scanners", ON_FIRST)
    assert match(warehouse, LocalSources(lists=(scanners, tor)))[1].changed == 1
    assert match(warehouse, LocalSources(lists=(tor,)))[1].changed == 1
    assert stale(warehouse) == labels(DAYS[0])
    assert match(warehouse, LocalSources())[1].changed == 1
    assert rows(warehouse, "address_tags") == rows(warehouse, "address_lists") == []


@pytest.mark.sqlite_first
def test_a_day_that_changed_is_matched_alone(warehouse: Warehouse, written: Path) -> None:
    sources = LocalSources((write_mmdb(written / "city.mmdb", CITIES),), (listed(written, "a", "203.0.113.0/24"),))
    match(warehouse, sources)
    with warehouse.write() as connection:
        connection.execute(text("UPDATE texts SET text = '203.0.113.9' WHERE text = :old"), {"old": ON_SECOND})
        connection.execute(
            text("UPDATE changed_days SET version = 7 WHERE session_day = :day"), {"day": day_number(DAYS[1])}
        )
    assert plan_matching(warehouse, sources)[1] == Plan("lists", ((day_number(DAYS[1]), 7),), False, ())
    of_places, of_lists = match(warehouse, sources)
    assert of_places == Matched("mmdb", 1, 1, ())
    assert of_lists == Matched("lists", 1, 1, ())
    assert rows(warehouse, "address_tags") == [("203.0.113.9", "a", "scanner")]
    assert not any(plan.is_due for plan in plan_matching(warehouse, sources))


@pytest.mark.sqlite_first
def test_a_run_that_was_stopped_is_begun_again(
    warehouse: Warehouse, written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "_AT_A_TIME", 1)
    before = LocalSources(lists=(listed(written, "a", "192.0.2.0/24"),))
    match(warehouse, before)

    def stop_behind_two(progress: Any) -> None:
        if progress.done == 2:
            raise KeyboardInterrupt

    after = LocalSources(lists=(listed(written, "a", "2001:db8::/32"),))
    with pytest.raises(KeyboardInterrupt):
        match_addresses(warehouse, after, now_us=NOW, progress=stop_behind_two)
    listed(written, "a", "192.0.2.0/24")  # as it was: what was written meanwhile goes
    match(warehouse, before)
    assert rows(warehouse, "address_tags") == [(ON_FIRST, "a", "scanner")]
    places = LocalSources((write_mmdb(written / "city.mmdb", CITIES),), before.lists)
    match(warehouse, places)
    with pytest.raises(KeyboardInterrupt):  # as are those without a file
        match_addresses(warehouse, LocalSources(), now_us=NOW, progress=stop_behind_two)
    match(warehouse, LocalSources())
    assert rows(warehouse, "address_places") == rows(warehouse, "address_tags") == []


@pytest.mark.sqlite_first
def test_of_two_runs_the_one_that_began_last_with_other_files_or_is_done_first_goes_on(
    warehouse: Warehouse, written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "_AT_A_TIME", 1)
    older = LocalSources(
        (write_mmdb(written / "older.mmdb", CITIES),),
        (listed(written, "a", "192.0.2.0/24"), listed(written, "gone", ON_FIRST)),
    )
    newer = LocalSources(
        (write_mmdb(written / "newer.mmdb", NETWORKS),), (AddressList("a", ListKind.SCANNER, written / "new"),)
    )
    listed(written, "new", "2001:db8::/32")
    came_between: list[str] = []

    def match_newer(progress: Any) -> None:
        if progress.done == 2 and progress.phase not in came_between:
            came_between.append(progress.phase)
            match(warehouse, newer)

    of_places, of_lists = match_addresses(warehouse, older, now_us=NOW, progress=match_newer)
    assert {of_places.overtaken, of_lists.overtaken} == {"another run began with other files since"}
    assert len(came_between) == 2
    assert rows(warehouse, "address_tags") == [(ON_SECOND, "a", "scanner")]
    assert {row[1] for row in rows(warehouse, "address_places")} == {None, "FR"}
    assert not any(plan.is_due for plan in plan_matching(warehouse, newer))
    came_between.clear()

    def match_the_same(progress: Any) -> None:
        if progress.done == 2 and progress.phase not in came_between:
            came_between.append(progress.phase)
            match_addresses(warehouse, older, services=[progress.phase.split()[-1]], now_us=NOW)

    of_places, of_lists = match_addresses(warehouse, older, now_us=NOW, progress=match_the_same)
    assert {of_places.overtaken, of_lists.overtaken} == {"another run with the same files was done before this one"}
    assert not any(plan.is_due for plan in plan_matching(warehouse, older))


@pytest.mark.sqlite_first
def test_nothing_is_looked_for_without_sources(warehouse: Warehouse, written: Path) -> None:
    assert [plan.is_due for plan in plan_matching(warehouse, LocalSources())] == [False, False]
    assert match(warehouse, LocalSources()) == (Matched("mmdb", 0, 0, ()), Matched("lists", 0, 0, ()))


@pytest.mark.sqlite_first
def test_a_file_that_was_only_touched_marks_no_report(warehouse: Warehouse, written: Path) -> None:
    sources = LocalSources((write_mmdb(written / "city.mmdb", CITIES),), (listed(written, "a", ON_FIRST),))
    match(warehouse, sources)
    write(warehouse, DAYS, written)
    for path in (sources.databases[0], sources.lists[0].path):
        os.utime(path, (1, 1))
    assert [found.changed for found in match(warehouse, sources)] == [0, 0]
    assert stale(warehouse) == set()
