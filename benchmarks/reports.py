"""All reports of a day of one million events: `python -m benchmarks.reports`. Exit code 1 at 5 s and more."""

import argparse
import json
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

from benchmarks.generate import generated
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.reports.files import write_reports
from cowrie_assets.reports.periods import period_of
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse

MAX_SECONDS = 5.0
DAY = date(2026, 8, 1)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--data", type=Path, help="where generated logs are kept (default: in the temporary folder)")
    given = parser.parse_args()
    data = given.data or Path(tempfile.gettempdir()) / f"cowrie-benchmark-{given.events}"
    generated(data, events=given.events, start=DAY)
    with tempfile.TemporaryDirectory(prefix="cowrie-reports-") as scratch:
        settings = replace(Settings(), database_url=f"sqlite:///{scratch}/warehouse.db")
        with Warehouse.open(settings.database_url) as warehouse:
            ingest(warehouse, settings, mode="bulk", paths=[data])
            rounds = [_seconds(warehouse, Path(scratch) / f"reports-{number}") for number in range(given.rounds)]
    seconds = statistics.median(rounds)
    broken = seconds >= MAX_SECONDS
    print(f"all reports of a day of {given.events:,} events, {given.rounds} rounds")
    print(f"  seconds {seconds:8.2f}    less than {MAX_SECONDS:g}{'   BROKEN' if broken else ''}")
    print(json.dumps({"seconds": rounds}))
    sys.exit(int(broken))


def _seconds(warehouse: Warehouse, folder: Path) -> float:
    start = time.perf_counter()
    written = write_reports(warehouse, period_of("daily", DAY), folder)
    seconds = time.perf_counter() - start
    if not written:
        raise SystemExit("no report was written")
    return seconds


if __name__ == "__main__":
    main()
