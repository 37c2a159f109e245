"""What matching addresses on this machine costs: `python -m benchmarks.addresses --addresses 1000000`.

Fills tables straight with so many addresses, each seen on three days; writes a database of 113,664 networks and twenty
lists of 100,000 networks each; then matches all addresses with either, once more with nothing due, and one day's that
changed. Exit code 1 where all addresses take a minute or more.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

from sqlalchemy import Connection, text

from benchmarks.engines import Database, add_engine_options, databases, engines_of
from benchmarks.outcome import Outcome
from cowrie_assets.enrichment.local_sources import LocalSources
from cowrie_assets.enrichment.matching import match_addresses
from cowrie_assets.enrichment.named_lists import AddressList, ListKind
from cowrie_assets.warehouse.bulk_insert import insert_rows
from cowrie_assets.warehouse.dictionary import digest_of
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.enrichment.mmdb import write_mmdb

MOST_SECONDS = 60
_NETWORKS = 100_000
_LISTS = 20
_FIRST_ADDRESS, _LAST_ADDRESS = 2**24, 223 * 2**24
_DAYS = 997
_FIRST_DAY = 20_000
_DAYS_OF_AN_ADDRESS = 3
_SESSIONS = """
INSERT INTO session_facts (session_ref, sensor_id, session_day, first_event_at, last_event_at, matcher, src_ip_id,
  duration_us, closed, event_count, command_count, high_risk_commands, login_successes, login_failures, file_downloads,
  file_downloads_failed, file_uploads, tunnel_requests, risk_score, updated_at)
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)
SELECT n, n % 20 + 1, :first_day + n % :days * 7919 % :days, n, n, 2, n % :addresses + 1,
  0, 1, 9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0 FROM numbers
"""


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--addresses", type=int, default=1_000_000)
    add_engine_options(parser)
    given = parser.parse_args()
    outcome = Outcome(f"{given.addresses:,} addresses, {_LISTS} lists of {_NETWORKS:,} networks, as many in a database")
    with tempfile.TemporaryDirectory() as folder, databases() as made:
        sources = _sources(Path(folder))
        for engine in engines_of(given.engine):
            with made.new(engine) as database, Warehouse.open(database.url) as warehouse:
                _measure(warehouse, database, sources, given.addresses, outcome)
    sys.exit(outcome.finish(given.json, {}))


def _measure(warehouse: Warehouse, database: Database, sources: LocalSources, addresses: int, outcome: Outcome) -> None:
    with warehouse.write() as connection:
        _fill(connection, addresses)
    warehouse.checkpoint()
    before = database.size_bytes

    def add(name: str, value: float, unit: str = "s", bound: float | None = None) -> None:
        outcome.add(name, database.engine, value, unit, bound=bound)

    of_client, of_server = time.process_time(), database.server_cpu_seconds()
    total = _seconds(lambda: match_addresses(warehouse, sources))
    add("all addresses, with the database and the lists", total, bound=MOST_SECONDS)
    add("the client's processor time for them", time.process_time() - of_client)
    add("the server's", database.server_cpu_seconds() - of_server)
    warehouse.checkpoint()
    add("what they take", (database.size_bytes - before) / 2**20, "MiB")
    add("nothing is due", _seconds(lambda: match_addresses(warehouse, sources)))
    with warehouse.write() as connection:
        connection.execute(text("UPDATE changed_days SET version = 2 WHERE session_day = :day"), {"day": _FIRST_DAY})
    add("a day that changed", _seconds(lambda: match_addresses(warehouse, sources)))
    other = LocalSources(sources.databases, sources.lists[1:])
    add("a list less", _seconds(lambda: match_addresses(warehouse, other)))


def _sources(folder: Path) -> LocalSources:
    chance = random.Random(7)

    records = {
        f"{ip_address(first)}/17": {
            "country": {"iso_code": chance.choice(["CN", "US", "NL", "DE", "RU", "BR"])},
            "city": {"names": {"en": f"city {number % 5000}"}},
            "autonomous_system_number": number % 9000 + 1,
            "autonomous_system_organization": f"network operator {number % 9000}",
        }
        for number, first in enumerate(range(_FIRST_ADDRESS, _LAST_ADDRESS, 2**15))
    }
    lists = []
    for number in range(_LISTS):
        path = folder / f"{number}.netset"
        path.write_text(
            "".join(
                f"{ip_address(chance.randrange(_FIRST_ADDRESS, _LAST_ADDRESS))}/24 ; SBL{line}\n"
                for line in range(_NETWORKS)
            )
        )
        lists.append(AddressList(f"list-{number}", ListKind.BLOCKLIST, path))
    return LocalSources((write_mmdb(folder / "places.mmdb", records),), tuple(lists))


def _fill(connection: Connection, addresses: int) -> None:
    apart = (_LAST_ADDRESS - _FIRST_ADDRESS) // addresses
    values = (str(ip_address(_FIRST_ADDRESS + apart * number)) for number in range(addresses))
    insert_rows(
        connection,
        "texts",
        ("id", "digest", "text"),
        [(number, digest_of(value), value) for number, value in enumerate(values, 1)],
    )
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT setval(pg_get_serial_sequence('texts', 'id'), :last)"), {"last": addresses})
    insert_rows(connection, "addresses", ("ip_id", "network_id"), [(each, None) for each in range(1, addresses + 1)])
    sessions = {"count": addresses * _DAYS_OF_AN_ADDRESS, "days": _DAYS, "addresses": addresses}
    connection.execute(text(_SESSIONS), {**sessions, "first_day": _FIRST_DAY})
    days = [(day, 1) for day in range(_FIRST_DAY, _FIRST_DAY + _DAYS)]
    insert_rows(connection, "changed_days", ("session_day", "version"), days)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
