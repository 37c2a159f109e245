"""Loaders of several sensors, one after the other and all at once: `python -m benchmarks.side_by_side`.

Each loader is a process with a sensor's folder of its own; both ways go into a new database in each round, by turns. No
way can be faster than the processor time of all, client and server, on all cores.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import text

from benchmarks.engines import Database, add_engine_options, databases, engines_of
from benchmarks.generate import generated
from benchmarks.outcome import Outcome
from cowrie_assets.ingest.load import load
from cowrie_assets.operations.logs import find_logs
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse

WAYS = ("one after the other", "side by side")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--events", type=int, default=400_000)
    parser.add_argument("--sensors", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--data", type=Path, help="where generated logs are kept (default: in the temporary folder)")
    parser.add_argument("--load", nargs=2, metavar=("FOLDER", "URL"), help=argparse.SUPPRESS)
    add_engine_options(parser, default="postgresql")
    given = parser.parse_args()
    if given.load:
        _load(Path(given.load[0]), given.load[1])
        return
    data = given.data or Path(tempfile.gettempdir()) / f"cowrie-benchmark-{given.events}-{given.sensors}-sensors"
    counts = generated(data, events=given.events, sensors=given.sensors)
    folders = sorted({log.parent for log in data.rglob("cowrie.json*")})
    outcome = Outcome(f"{counts.events:,} events of {len(folders)} sensors, a loader each")
    with databases() as made:
        for engine in engines_of(given.engine):
            walls: dict[str, list[float]] = {way: [] for way in WAYS}
            processors: dict[str, list[float]] = {way: [] for way in WAYS}
            for _ in range(given.rounds):
                for way in WAYS:
                    with made.new(engine) as database:
                        wall, processor = _measured(database, folders, at_once=way == WAYS[1])
                        walls[way].append(wall)
                        processors[way].append(processor)
                        _verify(database, counts.events)
            medians = {way: statistics.median(walls[way]) for way in WAYS}
            for way in WAYS:
                outcome.add(way, engine, medians[way], "s")
                outcome.add(f"{way}: processor time / cores", engine, _least(processors[way]), "s")
            outcome.add("times as fast", engine, medians[WAYS[0]] / medians[WAYS[1]])
    sys.exit(outcome.finish(given.json))


def _least(processors: list[float]) -> float:
    return statistics.median(processors) / (os.cpu_count() or 1)


def _measured(database: Database, folders: list[Path], *, at_once: bool) -> tuple[float, float]:
    """Wall time and the processor time of all."""
    Warehouse.open(database.url).close()
    server, clients, begin = database.server_cpu_seconds(), _children_cpu(), time.perf_counter()
    running: list[subprocess.Popen[bytes]] = []
    for folder in folders:
        command = (sys.executable, "-m", "benchmarks.side_by_side", "--load", str(folder), database.url)
        running.append(subprocess.Popen(command))
        if not at_once:
            _wait(running)
    _wait(running)
    wall = time.perf_counter() - begin
    return wall, database.server_cpu_seconds() - server + _children_cpu() - clients


def _wait(running: list[subprocess.Popen[bytes]]) -> None:
    for process in running:
        if process.wait():
            raise SystemExit("a loader failed")
    running.clear()


def _children_cpu() -> float:
    used = os.times()
    return used.children_user + used.children_system


def _load(folder: Path, url: str) -> None:
    settings = Settings(log_root=folder, database_url=url)
    with Warehouse.open(url) as warehouse:
        load(warehouse, settings, logs=find_logs(settings).logs, mode="bulk")


def _verify(database: Database, events: int) -> None:
    with Warehouse.open(database.url) as warehouse, warehouse.read() as connection:
        loaded = connection.execute(text("SELECT COUNT(*) FROM events")).scalar_one()
    if loaded != events:
        raise SystemExit(f"loaded {loaded:,}, but generated {events:,}")


if __name__ == "__main__":
    main()
