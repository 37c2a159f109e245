"""Whether a day costs the same however many are loaded: `python -m benchmarks.day_cost --events-per-day 20000`.

One `ingest` a day in this process, as a sensor that runs for months would see it; exit code 1 where the last five days
cost more than 1.2 times the first five (medians).
"""

import argparse
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.engines import add_engine_options, databases, engines_of
from benchmarks.generate import generated
from benchmarks.outcome import Outcome
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse

MAX_RATIO = 1.2
_EDGE_DAYS = 5
"""So many days at each end are compared."""


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--events-per-day", type=int, default=20_000)
    parser.add_argument("--days", type=int, default=100)
    parser.add_argument("--mode", choices=["delta", "bulk"], default="delta")
    parser.add_argument("--data", type=Path, help="where generated logs are kept (default: in the temporary folder)")
    add_engine_options(parser)
    given = parser.parse_args()
    data = given.data or Path(tempfile.gettempdir()) / f"cowrie-benchmark-{given.days}-days-{given.events_per_day}"
    generated(data, events=given.events_per_day * given.days, days=given.days)
    costs: dict[str, list[float]] = {}
    sizes: dict[str, int] = {}
    with databases() as made:
        for engine in engines_of(given.engine):
            with made.new(engine) as database:
                settings = replace(Settings(), database_url=database.url)
                costs[engine] = _cost_by_day(data, settings, given.mode, given.days)
                sizes[engine] = database.size_bytes
    sys.exit(_report(costs, sizes, given))


def _cost_by_day(data: Path, settings: Settings, mode: str, days: int) -> list[float]:
    """Seconds of each day's ingest, in the order of the days."""
    names = sorted({path.name for path in data.glob("*/cowrie.json.*")})[:days]
    costs = []
    with Warehouse.open(settings.database_url) as warehouse:
        for name in names:
            start = time.perf_counter()
            ingest(
                warehouse, settings, mode="bulk" if mode == "bulk" else "delta", paths=sorted(data.glob(f"*/{name}"))
            )
            costs.append(time.perf_counter() - start)
    return costs


def _report(costs: dict[str, list[float]], sizes: dict[str, int], given: argparse.Namespace) -> int:
    """Print the figures; 1 where the bound is broken."""
    outcome = Outcome(f"{given.days} days of {given.events_per_day:,} events, an ingest each")
    for engine, found in costs.items():
        first, last = statistics.median(found[:_EDGE_DAYS]), statistics.median(found[-_EDGE_DAYS:])
        outcome.add(f"median of the first {_EDGE_DAYS} days", engine, first, "s")
        outcome.add(f"median of the last {_EDGE_DAYS} days", engine, last, "s")
        outcome.add("last / first", engine, last / first, bound=MAX_RATIO)
        outcome.add("all days", engine, sum(found), "s")
        outcome.add("database", engine, sizes[engine] / 2**20, "MiB")
    seconds = {engine: [round(cost, 4) for cost in found] for engine, found in costs.items()}
    return outcome.finish(given.json, {"seconds": seconds})


if __name__ == "__main__":
    main()
