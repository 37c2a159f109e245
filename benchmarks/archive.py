"""What the archive costs: `python -m benchmarks.archive`.

A day of 100,000 events is sealed, archived, taken out, queried and brought back; what logins typed is hashed while the
archive alone has it, its addresses once both have it. Exit code 1 where its file takes more
than 12 % of its events' JSON.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from unittest.mock import patch

from benchmarks.engines import Database, add_engine_options, databases, engines_of
from benchmarks.generate import generated
from benchmarks.outcome import Outcome
from cowrie_assets.archives.places import FolderPlace
from cowrie_assets.operations.archive import archive, archived_days, prune, unarchive
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.privacy import treat_old_days
from cowrie_assets.operations.query import query
from cowrie_assets.operations.seal import seal
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse

_DAY, _BEHIND = date(2026, 8, 1), date(2026, 8, 3)
_MOST_PERCENT = 12.0
_QUERIES = {
    "a query over its times": "SELECT hour(event_timestamp), count(*) FROM raw_events GROUP BY ALL",
    "a query over its JSON": "SELECT payload->>'$.username', count(*) FROM raw_events GROUP BY ALL",
}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "cowrie_assets_archive")
    add_engine_options(parser)
    given = parser.parse_args()
    counts = generated(given.data, events=given.events)
    outcome = Outcome(f"a day of {counts.events:,} events, {counts.bytes / 1e6:,.1f} MB")
    with databases() as made:
        for engine in engines_of(given.engine):
            with (
                tempfile.TemporaryDirectory() as folder,
                made.new(engine) as database,
                Warehouse.open(database.url) as warehouse,
            ):
                _measure(warehouse, database, given.data, FolderPlace(Path(folder)), outcome)
    sys.exit(outcome.finish(given.json, {}))


def _measure(warehouse: Warehouse, database: Database, logs: Path, place: FolderPlace, outcome: Outcome) -> None:
    def timed(name: str, work: Callable[[], object]) -> None:
        begin = time.perf_counter()
        work()
        outcome.add(name, database.engine, time.perf_counter() - begin, "s")

    def ask(sql: str) -> None:
        with query(warehouse, place, sql) as answer:
            list(answer.batches)

    ingest(warehouse, Settings(log_root=logs))
    timed("sealed", lambda: seal(warehouse, _DAY, _DAY))
    timed("archived and proved", lambda: archive(warehouse, place, None, _BEHIND))
    (day,) = archived_days(warehouse, place, None, _BEHIND)
    assert day.file is not None
    percent = 100 * day.file.size_bytes / day.file.payload_bytes
    outcome.add("file, of its events' JSON", database.engine, percent, "%", bound=_MOST_PERCENT)
    timed("proved and taken out", lambda: prune(warehouse, place, None, _BEHIND))
    for name, sql in _QUERIES.items():
        timed(name, lambda sql=sql: ask(sql))  # type: ignore[misc]
    hashing = Settings(log_root=logs, privacy_key="env:COWRIE_ASSETS_BENCHMARK_KEY")
    passwords, addresses = replace(hashing, passwords_days=1), replace(hashing, addresses_days=1)
    with patch.dict("os.environ", {"COWRIE_ASSETS_BENCHMARK_KEY": "of no day but this one"}):
        timed("passwords hashed, archived", lambda: treat_old_days(warehouse, passwords, place))
        timed("brought back", lambda: unarchive(warehouse, place, _DAY, _DAY))
        timed("addresses hashed, here and archived", lambda: treat_old_days(warehouse, addresses, place))


if __name__ == "__main__":
    main()
