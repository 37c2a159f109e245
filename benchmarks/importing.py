"""Importing a database of cowrieprocessor: `python -m benchmarks.importing`. Exit code 1 where a bound is broken.

The database is of that tool's schema version 17, on SQLite, with commands altered as its loader alters them; it is
imported by `cowrie-assets db import` into a new database, summaries and all, and then once more. The sessions are
compared with the generator's counts.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import orjson
from sqlalchemy import text

from benchmarks.engines import Database, add_engine_options, databases, engines_of
from benchmarks.generate import Counts, generated
from benchmarks.outcome import Outcome
from benchmarks.process_memory import Run, run_measured
from cowrie_assets.warehouse import apsw_dbapi
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.cowrieprocessor.older import Older, Row, defanged

LEAST_A_SECOND = 30_000
MAX_MEMORY = 512 * 1024 * 1024
_ROW = "INSERT INTO raw_events (source, source_offset, source_inode, payload) VALUES (?, ?, '4711', ?)"
_LOADED = "SELECT (SELECT COUNT(*) FROM raw_events), COUNT(*), SUM(closed), SUM(command_count) FROM session_summaries"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--events", type=int, default=1_000_000)
    add_engine_options(parser)
    given = parser.parse_args()
    outcome = Outcome(f"{given.events:,} events, db import")
    with tempfile.TemporaryDirectory(prefix="cowrie-import-") as scratch, databases() as made:
        logs, older = Path(scratch) / "logs", Path(scratch) / "older.sqlite"
        counts = generated(logs, events=given.events, days=2, sensors=2)
        _fill(older, logs)
        for engine in engines_of(given.engine):
            with made.new(engine) as database:
                first, again = _import(older, database), _import(older, database)
                _verify(database, counts)
            speed = counts.events / first.seconds
            outcome.add("seconds", engine, first.seconds, "s")
            outcome.add("events a second", engine, speed, bound=LEAST_A_SECOND, at_least=True)
            outcome.add("once more", engine, again.seconds, "s")
            outcome.add("peak memory", engine, first.peak_bytes / 2**20, "MiB", bound=MAX_MEMORY / 2**20)
    sys.exit(outcome.finish(given.json))


def _fill(older: Path, logs: Path) -> None:
    found = sorted(logs.rglob("cowrie.json*"))
    days = sorted({log.name.removeprefix("cowrie.json.") for log in found})
    Older(str(older)).make().summaries([(day, f"{day} 00:00:00", 1, 1, 1, 1) for day in days])  # to compare with
    with closing(apsw_dbapi.connect(older)) as connection, connection:
        for log in found:
            rows = ((str(log), number, payload) for number, payload in enumerate(_payloads(log)))
            connection.cursor().executemany(_ROW, rows)


def _payloads(log: Path) -> Iterator[str]:
    with log.open("rb") as lines:
        for line in lines:
            event: Row = orjson.loads(line)
            yield orjson.dumps(defanged(event) if isinstance(event.get("input"), str) else event).decode()


def _import(older: Path, database: Database) -> Run:
    program = Path(sys.executable).with_name("cowrie-assets")
    return run_measured([str(program), "db", "import", str(older)], database.environment)


def _verify(database: Database, counts: Counts) -> None:
    with Warehouse.open(database.url) as warehouse, warehouse.read() as connection:
        loaded = tuple(connection.execute(text(_LOADED)).one())
    wanted = (counts.events, counts.sessions, counts.closed, counts.commands)
    if loaded != wanted:
        raise SystemExit(f"imported {loaded}, but generated {wanted}")


if __name__ == "__main__":
    main()
