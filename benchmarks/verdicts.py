"""What verdicts cost with many values: `python -m benchmarks.verdicts --addresses 1000000`.

Fills tables straight with so many addresses, each seen on three days, and 50,000 files, all of which wait; then
measures a batch of what is due, what is left of a budget, what a dry run counts, the days of values by the index of
sessions and by sightings of addresses that are made for comparison, and what it takes to record answers. Exit code 1
where a batch or a budget takes 100 ms or more.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from ipaddress import ip_address

from sqlalchemy import Connection, text

from benchmarks.engines import Database, add_engine_options, databases, engines_of
from benchmarks.outcome import Outcome
from cowrie_assets.enrichment.access import Access
from cowrie_assets.enrichment.answers import Answer, Kind, Said, Status
from cowrie_assets.enrichment.due import Due, due, enroll
from cowrie_assets.enrichment.marking import reports_of_days
from cowrie_assets.enrichment.planning import plan
from cowrie_assets.enrichment.providers import VIRUSTOTAL
from cowrie_assets.enrichment.quota import month_begin, wait_before_call
from cowrie_assets.enrichment.service import Rates
from cowrie_assets.enrichment.services import SERVICES
from cowrie_assets.enrichment.verdicts import record
from cowrie_assets.enrichment.wanted import Wanted
from cowrie_assets.warehouse.bulk_insert import insert_rows
from cowrie_assets.warehouse.dictionary import digest_of
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.write_scope import ROWS

MOST_SECONDS = 0.1
_FILES = 50_000
_DAYS = 997
_DAYS_OF_A_VALUE = 3
_BATCH = 500
_CALLS_OF_A_MONTH = 15_000
_ROUNDS = 9
_NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)"
_SESSIONS = """
INSERT INTO session_facts (session_ref, sensor_id, session_day, first_event_at, last_event_at, matcher, src_ip_id,
  duration_us, closed, event_count, command_count, high_risk_commands, login_successes, login_failures, file_downloads,
  file_downloads_failed, file_uploads, tunnel_requests, risk_score, updated_at)
{numbers} SELECT n, n % 20 + 1, 20000 + n % :days * 7919 % :days, n, n, 2, n % :values + 1,
  0, 1, 9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0 FROM numbers
"""
_SIGHTINGS = """
INSERT INTO sightings (session_day, kind, value_id, sensor_id)
SELECT DISTINCT session_day, 9, src_ip_id, 0 FROM session_facts
UNION SELECT DISTINCT session_day, 9, src_ip_id, sensor_id FROM session_facts
"""
_FILES_SEEN = """
INSERT INTO sightings (session_day, kind, value_id, sensor_id)
{numbers} SELECT 20000 + n % :days, 1, :first + n, 0 FROM numbers
"""
_FILES_STORED = """
INSERT INTO file_facts (session_ref, shasum_id, downloads, uploads, first_seen, updated_at)
{numbers} SELECT n, :first + n, 1, 0, n, n FROM numbers
"""
_CALLS = """
INSERT INTO service_calls (provider_id, booked_at, ended_at, asked, outcome)
{numbers} SELECT 1, :begin + n, :begin + n, 1, 1 FROM numbers
"""
_CHANGED = "INSERT INTO changed_days (session_day, version) {numbers} SELECT 19999 + n, 1 FROM numbers"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--addresses", type=int, default=1_000_000)
    add_engine_options(parser)
    given = parser.parse_args()
    outcome = Outcome(f"{given.addresses:,} addresses and {_FILES:,} files that wait for a verdict")
    with databases() as made:
        for engine in engines_of(given.engine):
            with made.new(engine) as database, Warehouse.open(database.url) as warehouse:
                _measure(warehouse, database, given.addresses, outcome)
    sys.exit(outcome.finish(given.json, {}))


def _measure(warehouse: Warehouse, database: Database, addresses: int, outcome: Outcome) -> None:
    def add(name: str, value: float, unit: str, bound: float | None = None) -> None:
        outcome.add(name, database.engine, value, unit, bound=bound)

    with warehouse.write() as connection:
        _fill(connection, addresses)
    enroll(warehouse, Kind.FILE, "virustotal")
    before = _settled(warehouse, database)
    add("enroll all addresses", _seconds(lambda: enroll(warehouse, Kind.ADDRESS, "dshield")), "s")
    add("their rows, with indexes", (_settled(warehouse, database) - before) / 2**20, "MiB")
    access = Access(SERVICES["virustotal"], "http://127.0.0.1:1/", SERVICES["virustotal"].rates)
    first = _seconds(lambda: plan(warehouse, [access], Wanted(), listed=20))
    add(f"`enrich --dry-run` over {_FILES:,} files, the first in a process", first, "s")
    now = time.time_ns() // 1000
    with warehouse.read() as connection:
        for kind, provider in ((Kind.FILE, "virustotal"), (Kind.ADDRESS, "dshield")):
            batch = _median(lambda kind=kind, provider=provider: due(connection, kind, provider, now=now, most=_BATCH))
            add(f"a batch of {_BATCH} of kind {kind.name.lower()}", batch, "s", MOST_SECONDS)
        rates = Rates(per_minute=4, per_day=20_000, per_month=20_000)
        left = _median(lambda: wait_before_call(connection, VIRUSTOTAL, rates, now))
        add(f"whether a call may be made, of {_CALLS_OF_A_MONTH:,} in the month", left, "s", MOST_SECONDS)
        some = list(range(1, addresses, addresses // _BATCH))[:_BATCH]
        add(
            f"days of {_BATCH} addresses, by sessions",
            _median(lambda: reports_of_days(connection, {Kind.ADDRESS: some})),
            "s",
        )
    values = [each.value for each in _due(warehouse, now)]
    answers = [
        Answer(Kind.ADDRESS, value, "dshield", Status.ENRICHED, now, Said(number % 2 == 0))
        for number, value in enumerate(values)
    ]
    add(f"record {_BATCH} answers at once", _seconds(lambda: _record(warehouse, answers, now)), "s")
    again = [Answer(a.kind, a.value, a.provider, a.status, now + 1, Said(not a.said.malicious)) for a in answers[:50]]
    add(
        "record one answer, median of 50",
        statistics.median(_seconds(lambda a=a: _record(warehouse, [a], now + 1)) for a in again),
        "s",
    )
    _compare(warehouse, database, some, add)


def _compare(warehouse: Warehouse, database: Database, some: list[int], add: Callable[[str, float, str], None]) -> None:
    """Sightings of addresses, which the warehouse does not keep: their size, and the days by them."""
    before = _settled(warehouse, database)
    with warehouse.write() as connection:
        connection.execute(text(_SIGHTINGS))
    add("sightings of addresses, if they were kept", (_settled(warehouse, database) - before) / 2**20, "MiB")
    marks = ", ".join(map(str, some))
    query = text(
        f"SELECT DISTINCT session_day FROM sightings WHERE kind = 9 AND value_id IN ({marks}) AND sensor_id = 0"
    )
    with warehouse.read() as connection:
        add(f"days of {_BATCH} addresses, by them", _median(lambda: connection.execute(query).all()), "s")


def _fill(connection: Connection, addresses: int) -> None:
    values = (*(str(ip_address(2**25 + 97 * number)) for number in range(addresses)), *map(_shasum, range(_FILES)))
    rows = [(number, digest_of(value), value) for number, value in enumerate(values, 1)]
    insert_rows(connection, "texts", ("id", "digest", "text"), rows)
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT setval(pg_get_serial_sequence('texts', 'id'), :last)"), {"last": len(rows)})
    sessions = {"count": addresses * _DAYS_OF_A_VALUE, "days": _DAYS, "values": addresses}
    connection.execute(text(_SESSIONS.format(numbers=_NUMBERS)), sessions)
    connection.execute(text(_FILES_SEEN.format(numbers=_NUMBERS)), {"count": _FILES, "days": _DAYS, "first": addresses})
    connection.execute(text(_FILES_STORED.format(numbers=_NUMBERS)), {"count": _FILES, "first": addresses})
    calls = {"count": _CALLS_OF_A_MONTH, "begin": month_begin(time.time_ns() // 1000)}
    connection.execute(text(_CALLS.format(numbers=_NUMBERS)), calls)
    connection.execute(text(_CHANGED.format(numbers=_NUMBERS)), {"count": _DAYS})


def _shasum(number: int) -> str:
    return f"{number:064x}"


def _settled(warehouse: Warehouse, database: Database) -> int:
    """The size of the database, after what PostgreSQL does in the background."""
    warehouse.checkpoint()
    if database.engine == "postgresql":
        with warehouse.write() as connection:
            connection.execute(text("ANALYZE"))
    return database.size_bytes


def _due(warehouse: Warehouse, now: int) -> list[Due]:
    with warehouse.read() as connection:
        return due(connection, Kind.ADDRESS, "dshield", now=now, most=_BATCH)


def _record(warehouse: Warehouse, answers: list[Answer], now: int) -> None:
    warehouse.run(lambda connection: record(connection, answers, now_us=now), ROWS)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _median(work: Callable[[], object]) -> float:
    return statistics.median(_seconds(work) for _ in range(_ROUNDS))


if __name__ == "__main__":
    main()
