"""Verdicts of old days: what reports show follows, every report concerned is written anew, and no other."""

import random
import re
import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from cowrie_assets.clock import day_number, to_us
from cowrie_assets.enrichment import verdicts
from cowrie_assets.enrichment.answers import LONGEST_LABEL, Answer, Kind, Said, Status
from cowrie_assets.enrichment.places import Place, PlaceSource
from cowrie_assets.reports.checks import FILES_ARE_CURRENT, check_reports
from cowrie_assets.reports.files import write_reports
from cowrie_assets.reports.periods import Period
from cowrie_assets.summaries.sightings import refresh_sightings
from cowrie_assets.warehouse import schema
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.sql import SQL_ROOT
from cowrie_assets_tests.databases import ENGINES, Databases
from cowrie_assets_tests.enrichment.judging import (
    MONDAY,
    NOW,
    failed,
    judge,
    of_address,
    of_file,
    periods_of,
    place,
    shown,
    stale,
    tag,
)
from cowrie_assets_tests.reports.facts import Facts, Session, StoredFile

HASH, OTHER, THIRD = "aa" * 32, "bb" * 32, "cc" * 32
DAYS = [MONDAY + timedelta(days=number) for number in (0, 1, 2, 12, 33, 61)]
ALL = periods_of(DAYS)
PLACES = [None, Place("NL", 64_500, "Example", "Delft"), Place("NL", 64_500, "Another"), Place(asn=64_501), Place("CN")]
LISTS = [("census", "scanner"), ("exits", "tor"), ("drop", "blocklist"), ("uni", "researcher")]


def session(day: date, *hashes: str, ip: str = "192.0.2.1", sensor: str = "hp-1") -> Session:
    return Session(day, sensor, ip, files=tuple(map(StoredFile, hashes)))


def write(warehouse: Warehouse, periods: list[Period], folder: Path) -> None:
    for period in periods:
        write_reports(warehouse, period, folder, formats=["json"], now_us=NOW)


def rows(warehouse: Warehouse, view: str) -> list[dict[str, Any]]:
    with warehouse.read() as connection:
        return [dict(row) for row in connection.execute(text(f"SELECT * FROM {view}")).mappings()]


def is_proven(warehouse: Warehouse, folder: Path) -> None:
    """Asserts that the reports and their files are right, or late."""
    results = check_reports(warehouse, report_dir=folder)
    assert [result for result in results if not result.passed] == []


@pytest.fixture(scope="module", params=ENGINES)
def original(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """A database with sessions that have files and addresses on six days, and its reports."""
    sessions = [
        session(DAYS[0], HASH, ip="192.0.2.1"),
        session(DAYS[0], OTHER, ip="192.0.2.2", sensor="hp-2"),
        session(DAYS[1], OTHER, ip="192.0.2.1"),
        session(DAYS[2], ip="192.0.2.3"),
        session(DAYS[3], HASH, THIRD, ip="192.0.2.2"),
        session(DAYS[4], THIRD, ip="192.0.2.3"),
        session(DAYS[5], OTHER, ip="192.0.2.4", sensor="hp-2"),
    ]
    folder = tmp_path_factory.mktemp("original")
    url = databases.new(request.param, folder)
    with Warehouse.open(url) as warehouse:
        Facts(warehouse).store(sessions)
        write(warehouse, ALL, folder / "reports")
        assert stale(warehouse) == set()
    return url, folder / "reports"


@pytest.fixture
def filled(original: tuple[str, Path], databases: Databases, tmp_path: Path) -> Iterator[Warehouse]:
    with databases.copied(original[0], tmp_path) as url, Warehouse.open(url) as opened:
        yield opened


@pytest.fixture
def written(original: tuple[str, Path], tmp_path: Path) -> Path:
    """The reports of `filled`."""
    return Path(shutil.copytree(original[1], tmp_path / "reports"))


@pytest.mark.sqlite_first
def test_a_verdict_of_a_file_reaches_the_reports_of_its_days_and_no_other(filled: Warehouse, written: Path) -> None:
    judge(filled, of_file(HASH, label="trojan.mirai"))
    concerned = periods_of([DAYS[0], DAYS[3]])
    assert stale(filled) == {period.label for period in concerned}
    is_proven(filled, written)
    write(filled, concerned[:2], written)
    is_proven(filled, written)
    write(filled, concerned[2:], written)
    assert stale(filled) == set()
    is_proven(filled, written)


@pytest.mark.soak
def test_a_verdict_of_an_address_reaches_the_reports_of_its_days_and_no_other(filled: Warehouse, written: Path) -> None:
    recorded = judge(filled, of_address("192.0.2.2", malicious=False))
    concerned = periods_of([DAYS[0], DAYS[3]])
    assert stale(filled) == {period.label for period in concerned}
    assert (recorded.changed, recorded.reports) == (1, len(concerned))
    is_proven(filled, written)
    write(filled, concerned, written)
    is_proven(filled, written)


def test_a_verdict_writes_the_reports_of_the_sensors_that_saw_its_value(filled: Warehouse, written: Path) -> None:
    """On the first day one sensor saw the file, another one another file."""
    before = {path: path.stat().st_mtime_ns for path in written.rglob("*.json")}
    judge(filled, of_file(OTHER, label="trojan.mirai"))
    write(filled, periods_of([DAYS[0]]), written)
    daily = written / "daily" / f"{DAYS[0]}"
    anew = {path.stem for path in daily.glob("*.json") if path.stat().st_mtime_ns != before[path]}
    assert anew == {"aggregate", "hp-2"}
    is_proven(filled, written)


@pytest.mark.sqlite_first
def test_a_wrong_report_is_told_from_a_late_one(filled: Warehouse, written: Path) -> None:
    judge(filled, of_address("192.0.2.3"))
    is_proven(filled, written)
    with filled.write() as connection:  # as if the report of a day had been written after the verdict
        connection.execute(text(f"UPDATE reports SET verdicts_as_of = {NOW} WHERE period = '{DAYS[2]}'"))
    (wrong,) = [each for each in check_reports(filled, report_dir=written) if not each.passed]
    assert (wrong.name, wrong.differences) == (FILES_ARE_CURRENT, 2)


@pytest.mark.sqlite_first
def test_what_reports_do_not_show_writes_none_anew(filled: Warehouse, written: Path) -> None:
    judge(filled, of_file(HASH, label="a", score=4, data={"size": 7}))
    judge(filled, of_address("192.0.2.1", provider="abuseipdb", score=90))
    write(filled, ALL, written)
    again = [of_file(HASH, label="a", score=12, last_analysis=5, data={"size": 7, "names": ["x"]}, at=2)]
    elsewhere = [of_address("192.0.2.1", provider="abuseipdb", score=95, description="more", at=2)]
    password = Answer(Kind.PASSWORD, "admin", "hibp", Status.ENRICHED, 1, Said(score=90))
    recorded = judge(filled, *again, *elsewhere, password, of_address("198.51.100.1"), of_file("dd" * 32))
    assert (recorded.changed, recorded.reports) == (5, 0)
    assert stale(filled) == set()
    assert judge(filled, *again, *elsewhere).changed == 0
    is_proven(filled, written)


@pytest.mark.sqlite_first
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.soak) for seed in (1, 2, 3))])
def test_exactly_the_reports_that_would_read_otherwise_are_stale(warehouse: Warehouse, seed: int) -> None:
    """Verdicts, places and tags at random, labels that come, go and are shared, of several values at once."""
    chance = random.Random(seed)
    hashes, ips = [f"{number:064x}" for number in range(5)], [f"192.0.2.{number}" for number in range(4)]
    days = [MONDAY + timedelta(days=chance.choice([0, 1, 2, 3, 20, 29, 31, 33, 62])) for _ in range(4)]
    sessions = [
        session(day, *chance.sample(hashes, 2), ip=chance.choice(ips), sensor=chance.choice(["hp-1", "hp-2"]))
        for day in days
    ]
    Facts(warehouse).store(sessions)
    periods, seen = periods_of(days), sorted({session.src_ip for session in sessions if session.src_ip})
    before = shown(warehouse, periods)
    for at in range(1, 6):
        with warehouse.write() as connection:
            connection.execute(text("DELETE FROM verdict_reports"))
        match chance.choice(["verdict", "verdict", "place", "tag"]):
            case "place":
                place(warehouse, {chance.choice(seen): chance.choice(PLACES)}, chance.choice([*PlaceSource]))
            case "tag":
                tag(warehouse, {chance.choice(seen): chance.sample(LISTS, chance.randint(0, 2))})
            case _:
                judge(warehouse, *[_any_answer(chance, hashes, ips, at) for _ in range(chance.randint(1, 3))])
        after = shown(warehouse, periods)
        names = {row["id"]: row["name"] for row in rows(warehouse, "sensors")}
        marked = {(row["period"], names.get(row["sensor_id"])) for row in rows(warehouse, "verdict_reports")}
        changed = {key for key in after if after[key] != before[key]}
        assert {(label, sensor) for label, sensor in marked if sensor} == {key for key in changed if key[1]}
        assert {label for label, sensor in marked if sensor is None} == {label for label, _ in changed}
        before = after


@pytest.mark.sqlite_first
def test_a_label_that_a_late_session_brings_makes_later_reports_stale(warehouse: Warehouse, tmp_path: Path) -> None:
    """Another file of that label, twenty days before: no report is compared with that day, but for its labels."""
    late, day = DAYS[3] - timedelta(days=20), DAYS[3]
    Facts(warehouse).store([session(late, OTHER), session(day, HASH)])
    judge(warehouse, of_file(HASH, label="a"), of_file(OTHER, label="a"))
    write(warehouse, periods_of([late, day]), tmp_path)
    for change in ("DELETE FROM file_facts", None):
        before = shown(warehouse, periods_of([day]))
        with warehouse.write() as connection:
            if change is not None:
                kept = connection.execute(text("SELECT * FROM file_facts")).mappings().all()
                connection.execute(text(f"{change} WHERE session_ref = 1"))
            else:
                connection.execute(schema.file_facts.insert(), [dict(row) for row in kept if row["session_ref"] == 1])
        refresh_sightings(warehouse, [day_number(late)])
        after = shown(warehouse, periods_of([day]))
        assert {key[0] for key in after if after[key] != before[key]} == {str(day), "2020-W37", "2020-09"}
        assert {label for label, _ in after} <= stale(warehouse)
        is_proven(warehouse, tmp_path)
        write(warehouse, periods_of([late, day]), tmp_path)


def _any_answer(chance: random.Random, hashes: list[str], ips: list[str], at: int) -> Answer:
    malicious, label = chance.choice([True, False, None]), chance.choice([None, "trojan.mirai", "miner.xmrig"])
    if chance.random() < 0.3:
        provider = chance.choice(["dshield", "urlhaus", "spur"])
        return of_address(chance.choice(ips), malicious, provider=provider, label=label, at=at)
    if chance.random() < 0.1:
        return failed(Kind.FILE, chance.choice(hashes), at=at)
    if chance.random() < 0.2:
        said = Said(malicious, label=label)
        return Answer(Kind.FILE, chance.choice(hashes), "malwarebazaar", Status.ENRICHED, at, said)
    rest = {
        "positives": chance.choice([None, 0, 3]),
        "total": 70,
        "first_seen": chance.choice([None, NOW, NOW - 10**14]),
        "data": chance.choice([{}, {"size": 12}]),
    }
    return of_file(chance.choice(hashes), malicious, label=label, at=at, **rest)


def test_each_change_has_a_row_of_history(warehouse: Warehouse) -> None:
    judge(warehouse, failed(Kind.FILE, HASH, at=1, error="503", next_attempt_at=9), now=10)
    judge(warehouse, of_file(HASH, False, label="a", score=0, at=2), now=10)
    judge(warehouse, of_file(HASH, False, label="a", score=0, last_analysis=5, at=3), now=20)
    judge(warehouse, of_file(HASH, True, label="b", score=50, at=4), now=30)
    judge(warehouse, failed(Kind.FILE, HASH, at=5, error="quota", next_attempt_at=99), now=40)
    history = [
        (row["status"], row["malicious"], row["label"])
        for row in rows(warehouse, "verdict_history ORDER BY changed_at")
    ]
    assert history == [("failed", None, None), ("enriched", 0, "a"), ("enriched", 1, "b")]
    with warehouse.read() as connection:
        times = connection.execute(text("SELECT changed_at FROM verdict_changes ORDER BY changed_at")).scalars().all()
    assert times == [10, 11, 30]
    (verdict,) = rows(warehouse, "verdicts")
    assert {name: verdict[name] for name in ("kind", "value", "provider", "status", "malicious", "score")} == {
        **{"kind": "file", "value": HASH, "provider": "virustotal", "status": "enriched", "malicious": 1, "score": 50},
    }
    assert (verdict["attempts"], verdict["error"]) == (1, "quota")


def test_nothing_else_writes_verdicts() -> None:
    """Neither a refresh, nor `rebuild` or `reparse`, nor an archive: they belong to values, not to events. `privacy`
    takes away those of values that it takes away."""
    package = Path(verdicts.__file__).parents[1]
    tables = re.compile(r"\bverdict_(facts|data|changes|reports|providers)\b|\benrolled_days\b")
    naming = {path.relative_to(package).as_posix() for path in package.rglob("*.py") if tables.search(path.read_text())}
    elsewhere = {
        name for name in naming if not name.startswith(("enrichment/", "warehouse/migrations/", "warehouse/schema/"))
    }
    assert elsewhere == {"operations/treated_day.py", "reports/staleness.py"}
    named = re.compile(r"\b(verdict_\w+|enrolled_days)\b")
    files = {path.relative_to(SQL_ROOT).parts[0] for path in SQL_ROOT.rglob("*.sql") if named.search(path.read_text())}
    assert files == {"enrichment", "finding", "indicators", "views", "reports", "texts"}
    writing = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM)\s+(verdict_\w+|enrolled_days)\b")
    writers = {
        path.relative_to(SQL_ROOT).parts[0] for path in SQL_ROOT.rglob("*.sql") if writing.search(path.read_text())
    }
    assert writers == {"enrichment"}


def test_an_older_answer_that_comes_later_changes_nothing(warehouse: Warehouse) -> None:
    judge(warehouse, of_file(HASH, True, at=5), of_file(HASH, False, at=4))
    assert judge(warehouse, of_file(HASH, False, at=3)).changed == 0
    assert [row["malicious"] for row in rows(warehouse, "verdicts")] == [1]


def test_the_contract_shows_the_verdicts_of_now(warehouse: Warehouse) -> None:
    Facts(warehouse).store([session(MONDAY, HASH, ip="192.0.2.9"), session(MONDAY, OTHER)])
    judge(warehouse, of_file(HASH, label="x", positives=7, total=70, description="d"), of_address("192.0.2.9"))
    judge(warehouse, of_file(OTHER, None))
    told = {row["shasum"]: row for row in rows(warehouse, "files")}
    names = ("vt_classification", "vt_description", "vt_malicious", "vt_positives", "vt_total", "enrichment_status")
    assert [told[HASH][name] for name in names] == ["x", "d", 1, 7, 70, "enriched"]
    assert [told[OTHER][name] for name in names] == [None, None, None, None, None, "enriched"]
    flags = [(row["vt_flagged"], row["dshield_flagged"]) for row in rows(warehouse, "session_summaries")]
    assert sorted(flags) == [(0, 0), (1, 1)]


def test_what_services_send_is_bounded(warehouse: Warehouse) -> None:
    long = "x\x00" * 5000
    said = Said(True, 101, long, long, -1, 2**40, 10**30, data={"names": [long] * 10})
    judge(warehouse, Answer(Kind.FILE, HASH, "virustotal", Status.ENRICHED, 1, said, error=long))
    (verdict,) = rows(warehouse, "verdicts")
    assert len(verdict["label"]) == LONGEST_LABEL
    assert [verdict[name] for name in ("score", "positives", "total", "first_seen")] == [None] * 4
    assert len(verdict["data"]) < 100
    judge(warehouse, of_file(HASH, data={"score": float("nan")}, at=2))
    assert rows(warehouse, "verdicts")[0]["data"] == '{"omitted":"no JSON"}'
    judge(warehouse, of_file(HASH, at=3))
    assert rows(warehouse, "verdicts")[0]["data"] is None


@pytest.mark.parametrize(("kind", "value"), [(Kind.FILE, "AA" * 32), (Kind.FILE, "x"), (Kind.ADDRESS, "1" * 300)])
def test_what_is_no_value_has_no_verdict(kind: Kind, value: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        Answer(kind, value, "virustotal", Status.ENRICHED, 1)
    with pytest.raises(ValueError, match="no name of a provider"):
        Answer(Kind.FILE, HASH, "Virus Total", Status.ENRICHED, 1)


def test_since_when_a_file_is_known_to_be_malicious(warehouse: Warehouse) -> None:
    """Since it was said without a break: who took it back and said it again says it since then."""
    shasum = "ab" * 32
    for at, malicious, since in [(1, None, None), (2, True, 2), (3, True, 2), (4, False, None), (5, True, 5)]:
        judge(warehouse, of_file(shasum, malicious, at=at, positives=at), now=at)
        with warehouse.read() as connection:
            (found,) = connection.execute(text("SELECT malicious_since FROM verdicts")).scalars()
        moment = datetime.fromisoformat(found) if isinstance(found, str) else found
        assert (moment and to_us(moment)) == since
