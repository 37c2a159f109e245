"""A backfill by one worker, by several, and by several that are killed and cut off: `python -m benchmarks.workers`.

Each worker is a machine of its own as far as the network goes (a namespace: root, and `ip`), with PostgreSQL and Redis
in the middle, as docs/WORKERS.md has it. Measured is a backfill from logs to daily reports, from the start of its first
run to the end of its last. Several machines on one are bounded by its cores: how busy they were is told beside it.
With `--kills` and `--cut` a third backfill is disturbed throughout; its tables must equal those of `cowrie-assets
backfill` over the same logs.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

import dagster as dg

from benchmarks.engines import databases
from benchmarks.generate import generated
from benchmarks.machines import Fleet, fleet, kill_at_random
from benchmarks.outcome import Outcome
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import tables
from cowrie_assets_tests.databases import Postgres
from cowrie_assets_tests.ui.dev import COWRIE_ASSETS, environment_of, wait_until

LEAST_RATIO = 1.6
"""Of one worker's time to that of two, where there are cores for two."""
FIRST = date(2026, 6, 1)
_PATIENCE = 3600.0
_LOOK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Done:
    """A backfill: seconds from its first run's start to its last one's end, the share of this machine's processor time
    that was taken meanwhile, its runs, and how many of them failed and were tried again."""

    seconds: float
    busy: float
    runs: int
    failed: int
    tables: dict[str, str]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--events-per-day", type=int, default=20_000)
    parser.add_argument("--days-a-run", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", choices=("pace", "disturbed"), help="only how fast, or only what stays right")
    parser.add_argument("--kills", type=int, default=6, help="workers that are killed while a backfill runs")
    parser.add_argument("--cut", type=float, default=60.0, help="seconds for which one worker has no network")
    parser.add_argument(
        "--patience", type=int, default=30, help="seconds without a heartbeat, where workers are killed"
    )
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--data", type=Path, help="where generated logs are kept (default: in the temporary folder)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the figures and the machine are kept")
    given = parser.parse_args()
    name = f"cowrie-workers-{given.days}-days-{given.events_per_day}"
    data = given.data or Path(tempfile.gettempdir()) / name
    generated(data, events=given.events_per_day * given.days, days=given.days, sensors=4, start=FIRST)
    sys.exit(_measure(given, data))


def _measure(given: argparse.Namespace, data: Path) -> int:
    outcome = Outcome(f"{given.days} days of {given.events_per_day:,} events, from logs to daily reports")
    engine = "postgresql"

    def tell(name: str, done: Done) -> None:
        outcome.add(f"{name}: first run's start to last one's end", engine, done.seconds, "s")
        outcome.add(f"{name}: cores busy", engine, done.busy * (os.cpu_count() or 1))
        outcome.add(f"{name}: runs", engine, done.runs)

    several = f"{given.workers} workers"
    if given.only != "disturbed":
        one = _backfilled(given, data, workers=1)
        tell("1 worker", one)
        together = _backfilled(given, data, workers=given.workers)
        tell(several, together)
        least = LEAST_RATIO if (os.cpu_count() or 1) > given.workers * 2 else None
        outcome.add("times as fast", engine, one.seconds / together.seconds, bound=least, at_least=True)
        outcome.add("tables that differ", engine, float(one.tables != together.tables), bound=0)
    if given.only != "pace":
        disturbed = _backfilled(given, data, workers=given.workers, is_disturbed=True)
        tell(f"{several}, {given.kills} kills, a network cut for {given.cut:g} s", disturbed)
        outcome.add("runs that failed and were tried again", engine, disturbed.failed)
        truth = _undisturbed(given, data)
        wrong = sum(disturbed.tables[table] != truth[table] for table in truth)
        outcome.add("tables that differ from an undisturbed load", engine, wrong, bound=0)
    return outcome.finish(given.json)


def _backfilled(given: argparse.Namespace, data: Path, *, workers: int, is_disturbed: bool = False) -> Done:
    days = [FIRST + timedelta(days=number) for number in range(given.days)]
    patience = given.patience if is_disturbed else 120
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="cowrie-workers-")))
        postgres = Postgres(Path(tempfile.mkdtemp(prefix="cowrie-workers-pg-")), durable=True)
        closing.callback(postgres.stop)
        found = closing.enter_context(
            fleet(folder, postgres, data, machines=workers, patience=patience, days_a_run=given.days_a_run, first=FIRST)
        )
        dev = closing.enter_context(found.middle())
        instance = closing.enter_context(dg.DagsterInstance.from_config(str(folder / "dagster_home")))
        instance.event_log_storage.set_concurrency_slots("warehouse_writer", workers)
        for machine in found.machines:
            found.start_worker(machine)
        wait_until(lambda: found.are_ready(found.machines), 120, lambda: found.log.read_text()[-3000:])
        busy = closing.enter_context(_Busy())
        if is_disturbed:
            closing.enter_context(_Trouble(found, given))
        records = found.backfill(dev, instance, days, _PATIENCE)
        return _done(records, busy, found)


def _done(records: Sequence[Any], busy: "_Busy", found: Fleet) -> Done:
    start = min(record.start_time for record in records if record.start_time)
    end = max(record.end_time for record in records if record.end_time)
    failed = [record for record in records if record.dagster_run.status is not dg.DagsterRunStatus.SUCCESS]
    tried_again = [record for record in records if record.dagster_run.parent_run_id]
    if len(failed) > len(tried_again):
        raise SystemExit(f"{len(failed)} runs failed, and {len(tried_again)} were tried again")
    url = found.database.render_as_string(hide_password=False)
    return Done(end - start, busy.share(start, end), len(records), len(failed), _hashes(url))


def _undisturbed(given: argparse.Namespace, data: Path) -> dict[str, str]:
    """What the command line makes of the logs."""
    last = FIRST + timedelta(days=given.days - 1)
    with databases() as made, made.new("postgresql") as database, tempfile.TemporaryDirectory() as folder:
        environment = environment_of(Path(folder), COWRIE_LOG_ROOT=str(data), COWRIE_DATABASE_URL=database.url)
        command = [*COWRIE_ASSETS, "backfill", str(FIRST), str(last)]
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        return _hashes(database.url)


def _hashes(url: str) -> dict[str, str]:
    """A digest of all rows of each table, in an order of their own."""
    with Warehouse.open(url) as warehouse:
        return {
            table: blake2b(repr(rows).encode(), digest_size=16).hexdigest()
            for table, rows in tables.contents(warehouse).items()
        }


class _Busy:
    """How much of this machine's processor time is taken, looked at twice a second."""

    def __init__(self) -> None:
        self._looks: list[tuple[float, int, int]] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "_Busy":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def share(self, start: float, end: float) -> float:
        """From `start` to `end`, in seconds since 1970."""
        within = [look for look in self._looks if start <= look[0] <= end]
        return (within[-1][1] - within[0][1]) / max(1, within[-1][2] - within[0][2])

    def _look(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            user, nice, system, idle, waiting, *others = map(int, Path("/proc/stat").read_text().split()[1:9])
            taken = user + nice + system + sum(others)
            self._looks.append((time.time(), taken, taken + idle + waiting))


class _Trouble:
    """Kills workers one after another, and cuts one off meanwhile, until all of that is done or the backfill is."""

    def __init__(self, found: Fleet, given: argparse.Namespace) -> None:
        self._found = found
        self._given = given
        self._over = threading.Event()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._kill, self._cut)]

    def __enter__(self) -> None:
        for thread in self._threads:
            thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _kill(self) -> None:
        chance = random.Random(self._given.seed)
        self._wait_for_a_run()
        for _ in range(self._given.kills):
            if self._over.is_set():
                return
            kill_at_random(self._found, chance, (5, 15))

    def _cut(self) -> None:
        self._wait_for_a_run()
        with self._found.machines[0].cut_off():
            self._over.wait(self._given.cut)

    def _wait_for_a_run(self) -> None:
        while "cowrie_assets.run[" not in self._found.log.read_text() and not self._over.is_set():
            time.sleep(_LOOK_SECONDS)


if __name__ == "__main__":
    main()
