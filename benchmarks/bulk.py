"""Bulk loading against the bare loop, in one run: `python -m benchmarks.bulk`. Exit code 1 where a bound is broken.

Each round runs the bare loop and `cowrie-assets ingest --mode bulk` on fresh SQLite files, one after the other; the
ratio is that of the medians. What was loaded is compared with the generator's counts.
"""

import argparse
import json
import os
import sqlite3
import statistics
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from benchmarks.bare_loop import bare_loop
from benchmarks.generate import Counts, generated
from benchmarks.process_memory import Run, run_measured

MAX_RATIO = 2.0
MAX_MEMORY = 512 * 1024 * 1024
MAX_SIZE = 1.5

_LOADED = """
SELECT (SELECT COUNT(*) FROM raw_events), COUNT(*), SUM(closed), SUM(command_count), SUM(login_successes),
       SUM(login_failures), SUM(file_downloads), SUM(file_uploads)
FROM session_summaries
"""


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--data", type=Path, help="where generated logs are kept (default: in the temporary folder)")
    given = parser.parse_args()
    data = given.data or Path(tempfile.gettempdir()) / f"cowrie-benchmark-{given.events}"
    counts = generated(data, events=given.events)
    logs = sorted(data.glob("*/cowrie.json.*"))
    bare, ingest, sizes = [], [], []
    for _ in range(given.rounds):
        with tempfile.TemporaryDirectory(prefix="cowrie-bulk-") as scratch:
            bare.append(bare_loop(logs, Path(scratch) / "bare.db"))
            database = Path(scratch) / "warehouse.db"
            ingest.append(_ingest(data, database))
            sizes.append(sum(path.stat().st_size for path in Path(scratch).glob("warehouse.db*")))
            _verify(database, counts)
    sys.exit(_report(counts, bare, ingest, max(sizes)))


def _ingest(data: Path, database: Path) -> Run:
    program = Path(sys.executable).with_name("cowrie-assets")
    environment = {**os.environ, "COWRIE_DATABASE_URL": f"sqlite:///{database}"}
    return run_measured([str(program), "ingest", "--mode", "bulk", str(data)], environment)


def _verify(database: Path, counts: Counts) -> None:
    connection = sqlite3.connect(database)
    loaded = connection.execute(_LOADED).fetchone()
    connection.close()
    wanted = (
        *(counts.events, counts.sessions, counts.closed, counts.commands, counts.login_successes),
        *(counts.login_failures, counts.file_downloads, counts.file_uploads),
    )
    if loaded != wanted:
        raise SystemExit(f"loaded {loaded}, but generated {wanted}")


def _report(counts: Counts, bare: list[float], ingest: list[Run], size: int) -> int:
    """Print the figures; 1 where a bound is broken."""
    bare_seconds, seconds = statistics.median(bare), statistics.median(run.seconds for run in ingest)
    peak = max(run.peak_bytes for run in ingest)
    bounds = {
        "time / bare loop": (seconds / bare_seconds, MAX_RATIO),
        "peak memory, MiB": (peak / 2**20, MAX_MEMORY / 2**20),
        "database / logs": (size / counts.bytes, MAX_SIZE),
    }
    print(f"{counts.events:,} events, {counts.bytes / 2**20:,.0f} MiB of logs, {len(bare)} rounds")
    for name, taken in (("bare loop", bare_seconds), ("cowrie-assets ingest --mode bulk", seconds)):
        print(f"  {name:<34}{taken:8.2f} s  {counts.events / taken:>9,.0f} events/s")
    for name, (value, bound) in bounds.items():
        print(f"  {name:<34}{value:8.2f}    at most {bound:g}{'' if value <= bound else '   BROKEN'}")
    figures = {"bare_seconds": bare, "ingest_seconds": [run.seconds for run in ingest], "peak_bytes": peak}
    print(json.dumps({"counts": asdict(counts), **figures, "database_bytes": size}))
    return int(any(value > bound for value, bound in bounds.values()))


if __name__ == "__main__":
    main()
