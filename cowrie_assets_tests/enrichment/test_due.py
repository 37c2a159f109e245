"""Which values a provider is to be asked about, in which order, and that planning a million of them costs nothing."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, text

from cowrie_assets.clock import US_PER_DAY, day_number, day_of_number
from cowrie_assets.enrichment.answers import Answer, Kind, Status
from cowrie_assets.enrichment.due import due, enroll
from cowrie_assets.enrichment.marking import reports_of_days
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import changed_days, service_calls, session_facts, sightings, texts, verdict_facts
from cowrie_assets.warehouse.sql import source
from cowrie_assets_tests.databases import ENGINES, Databases
from cowrie_assets_tests.enrichment.judging import MONDAY, NOW, failed, judge, of_file
from cowrie_assets_tests.reports.facts import Facts, Session, StoredFile

OLD, NEW, BOTH = "aa" * 32, "bb" * 32, "cc" * 32
TUESDAY = MONDAY + timedelta(days=1)


def waiting(warehouse: Warehouse, kind: Kind = Kind.FILE, provider: str = "virustotal", most: int = 10) -> list[str]:
    with warehouse.read() as connection:
        return [each.value for each in due(connection, kind, provider, now=NOW, most=most)]


def store(warehouse: Warehouse) -> None:
    """Two days, of which the second saw one file more."""
    files = {MONDAY: (OLD, BOTH), TUESDAY: (NEW, BOTH)}
    sessions = [
        Session(day, src_ip=f"192.0.2.{number}", files=tuple(map(StoredFile, hashes)))
        for number, (day, hashes) in enumerate(files.items())
    ]
    Facts(warehouse).store([*sessions, Session(MONDAY, src_ip=None)])


def test_nothing_is_due_of_a_provider_that_nobody_named(warehouse: Warehouse) -> None:
    assert waiting(warehouse, provider="spur") == []


def test_what_was_seen_last_comes_first_and_what_is_enrolled_is_not_enrolled_again(warehouse: Warehouse) -> None:
    store(warehouse)
    assert waiting(warehouse) == []
    assert enroll(warehouse, Kind.FILE, "virustotal") == 2
    assert set(waiting(warehouse)[:2]) == {NEW, BOTH}
    assert waiting(warehouse)[2:] == [OLD]
    assert enroll(warehouse, Kind.FILE, "virustotal") == 0
    assert enroll(warehouse, Kind.ADDRESS, "spur") == 2
    assert waiting(warehouse, Kind.ADDRESS, "spur") == ["192.0.2.1", "192.0.2.0"]
    assert waiting(warehouse, Kind.ADDRESS, "dshield") == []
    with warehouse.write() as connection:
        connection.execute(text("UPDATE changed_days SET version = version + 5"))
    judge(warehouse, of_file(NEW))
    assert enroll(warehouse, Kind.FILE, "virustotal") == 2
    assert waiting(warehouse) == [BOTH, OLD]


def test_of_a_day_what_reports_name_first_comes_first(warehouse: Warehouse) -> None:
    """What was stored most often, the address with most sessions; but never before a later day."""
    often, seldom, later = "11" * 32, "22" * 32, "33" * 32
    files = [Session(MONDAY, src_ip="192.0.2.1", files=(StoredFile(often), StoredFile(seldom))) for _ in range(2)]
    files.append(Session(MONDAY, src_ip="192.0.2.2", files=(StoredFile(often, downloads=3),)))
    Facts(warehouse).store([*files, Session(TUESDAY, src_ip="192.0.2.3", files=(StoredFile(later),))])
    enroll(warehouse, Kind.FILE, "virustotal")
    enroll(warehouse, Kind.ADDRESS, "dshield")
    assert waiting(warehouse) == [later, often, seldom]
    assert waiting(warehouse, Kind.ADDRESS, "dshield") == ["192.0.2.3", "192.0.2.1", "192.0.2.2"]


def test_what_expired_comes_behind_what_was_never_answered_and_before_what_failed(warehouse: Warehouse) -> None:
    store(warehouse)
    enroll(warehouse, Kind.FILE, "virustotal")
    judge(warehouse, failed(Kind.FILE, BOTH, next_attempt_at=NOW), at_expiry(OLD, NOW - 1))
    assert waiting(warehouse) == [NEW, OLD, BOTH]
    assert waiting(warehouse, most=2) == [NEW, OLD]
    judge(warehouse, failed(Kind.FILE, BOTH, at=2, next_attempt_at=NOW + 1), at_expiry(OLD, None))
    judge(warehouse, Answer(Kind.FILE, NEW, "virustotal", Status.SKIPPED, 2))
    assert waiting(warehouse) == []


def at_expiry(shasum: str, expires_at: int | None) -> Answer:
    return Answer(Kind.FILE, shasum, "virustotal", Status.ENRICHED, 2, expires_at=expires_at)


# -------------------------------------------------------------------------------------------------------------- plans


def plan(connection: Connection, name: str, **binds: object) -> str:
    sql = source(name, connection.dialect.name)
    for bind, value in binds.items():
        sql = sql.replace(f":{bind}", str(value))
    explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    rows = connection.execute(text(f"{explain} {sql}")).all()
    return "\n".join(str(row[-1]) for row in rows)


@pytest.fixture(scope="module", params=ENGINES)
def many(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Warehouse]:
    """So many rows that no planner reads all: values that wait, and sessions of as many days."""
    with Warehouse.open(databases.new(request.param, tmp_path_factory.mktemp("many"))) as warehouse:
        fill(warehouse)
        yield warehouse


def fill(warehouse: Warehouse) -> None:
    numbers = range(1, 4001)
    zeros = {column.name: 0 for column in session_facts.columns if not column.nullable and column.name != "session_ref"}
    with warehouse.write() as connection:
        connection.execute(insert(texts), [{"id": n, "digest": str(n).encode(), "text": str(n)} for n in numbers])
        waits = {"provider_id": 1, "status": 1, "attempts": 0}
        facts = [{"kind": kind, "value_id": n, "next_attempt_at": n, **waits} for kind in Kind for n in numbers]
        connection.execute(insert(verdict_facts), facts)
        placed = [{**zeros, "session_ref": n, "session_day": n % 300, "src_ip_id": n % 500} for n in numbers]
        connection.execute(insert(session_facts), placed)
        connection.execute(insert(changed_days), [{"session_day": n, "version": n} for n in numbers])
        calls = [{"provider_id": n % 3, "booked_at": n, "ended_at": n, "asked": 1, "outcome": 1} for n in numbers]
        connection.execute(insert(service_calls), calls)
        seen = [{"session_day": n, "kind": 1, "value_id": n, "sensor_id": 0} for n in numbers]
        connection.execute(insert(sightings), seen)
        if warehouse.dialect == "postgresql":
            connection.execute(text("ANALYZE"))


@pytest.mark.parametrize("kind", list(Kind))
def test_a_batch_is_read_from_the_index_in_its_order(many: Warehouse, kind: Kind) -> None:
    with many.read() as connection:
        found = plan(connection, "enrichment/due", kind=int(kind), provider_id=1, status=1, now=10**9, most=20)
        assert "verdict_facts_due" in found
        assert "sort" not in found.lower() and "B-TREE" not in found


def test_the_days_of_values_are_found_by_index(many: Warehouse) -> None:
    with many.read() as connection:
        values = ", ".join(map(str, range(1, 200)))
        assert "session_facts_source" in plan(connection, "enrichment/days_of_addresses", values=f"({values})")
        few = plan(connection, "enrichment/days_of_hashes", hash_kind=1, values="(1, 2, 3)")
        assert "sightings_value" in few
        days = {kind: reports_of_days(connection, {kind: [7]}) for kind in Kind}
    labels = {label for report_type, label, _ in days[Kind.ADDRESS] if report_type == "daily"}
    assert labels == {f"{day_of_number(number)}" for number in (7, 107, 207)}
    assert {label for report_type, label, _ in days[Kind.FILE] if report_type == "daily"} == {"1970-01-08"}


def test_what_is_left_of_a_budget_is_read_from_an_index(many: Warehouse) -> None:
    """As are the values that were named."""
    with many.read() as connection:
        of_service = {"provider_id": 1, "latest": 4_005}
        looked = {**of_service, "now": 4_000}
        assert "service_calls_ended" in plan(connection, "enrichment/newest_calls", **looked, since=3_990, most=4)
        assert "service_calls_ended" in plan(connection, "enrichment/count_calls", **of_service, since=3_990)
        assert "service_calls_rest" in plan(connection, "enrichment/rests_of_service", **looked)
        assert "service_calls_failed" in plan(connection, "enrichment/last_error", **of_service)
        assert "service_calls_ended" in plan(connection, "enrichment/forget_calls", **of_service, until=5, kept=9)
        assert "service_calls_ended" in plan(connection, "enrichment/date_calls_ahead", **looked)
        behind = plan(connection, "enrichment/date_calls_behind", **looked, longest=180)
        assert "Seq Scan" not in behind
        assert "SCAN" not in behind
        due_now = plan(connection, "enrichment/count_due", provider_id=1, kind=1, now=20)
        assert "verdict_facts_due" in due_now
        named = plan(connection, "enrichment/due_values", kind=1, provider_id=1, values="(1, 2, 3)", now=9)
        assert "SCAN v" not in named
        assert "Seq Scan on verdict_facts" not in named


def test_seen_times_are_not_in_the_future(warehouse: Warehouse) -> None:
    far = MONDAY.replace(year=9998)
    Facts(warehouse).store([Session(far, files=(StoredFile(OLD),))])
    enroll(warehouse, Kind.FILE, "virustotal")
    with warehouse.read() as connection:
        (at,) = connection.execute(text("SELECT next_attempt_at FROM verdict_facts")).scalars()
    assert at < day_number(far) * US_PER_DAY
