"""Whether a day costs the same however many are loaded: `python -m benchmarks.day_cost --events-per-day 20000`.

One `ingest` a day in this process, as a sensor that runs for months would see it; exit code 1 where the last five days
cost more than 1.2 times the first five (medians).
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.generate import generated
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
    parser.add_argument("--database", help="URL of an empty database (default: a SQLite file that is removed again)")
    given = parser.parse_args()
    data = given.data or Path(tempfile.gettempdir()) / f"cowrie-benchmark-{given.days}-days-{given.events_per_day}"
    generated(data, events=given.events_per_day * given.days, days=given.days)
    with tempfile.TemporaryDirectory(prefix="cowrie-days-") as scratch:
        url = given.database or f"sqlite:///{scratch}/warehouse.db"
        costs = _cost_by_day(data, replace(Settings(), database_url=url), given.mode, given.days)
    sys.exit(_report(costs, given.events_per_day))


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


def _report(costs: list[float], events_per_day: int) -> int:
    """Print the figures; 1 where the bound is broken."""
    first, last = statistics.median(costs[:_EDGE_DAYS]), statistics.median(costs[-_EDGE_DAYS:])
    ratio = last / first
    print(f"{len(costs)} days of {events_per_day:,} events")
    print(f"  median of the first {_EDGE_DAYS} days {first:8.3f} s")
    print(f"  median of the last {_EDGE_DAYS} days  {last:8.3f} s")
    print(
        f"  last / first               {ratio:8.2f}    at most {MAX_RATIO:g}{'' if ratio <= MAX_RATIO else '   BROKEN'}"
    )
    print(json.dumps({"seconds": [round(cost, 4) for cost in costs], "ratio": ratio}))
    return int(ratio > MAX_RATIO)


if __name__ == "__main__":
    main()
