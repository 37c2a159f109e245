"""A backfill by one worker, by several, and by several that are killed and cut off: `python -m benchmarks.workers`.

Each worker is a machine of its own as far as the network goes (a namespace: root, and `ip`), with PostgreSQL and Redis
in the middle, as docs/WORKERS.md has it. Measured is a backfill from logs to daily reports, from the start of its first
run to the end of its last. Several machines on one are bounded by its cores: how busy they were is told beside it.
A third backfill is disturbed: until it ends a worker is killed every `--kill-every` seconds, alone or with its machine,
and one has no network for `--cut` seconds. Its tables must equal those of `cowrie-assets backfill` over the same logs.
What runs say that they read tells whether a log was read by two.
"""

import argparse
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

import dagster as dg

from benchmarks.engines import databases
from benchmarks.generate import generated
from benchmarks.machines import Fleet, fleet, kill_at_random
from benchmarks.outcome import Outcome
from cowrie_assets.amounts import counted
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import tables
from cowrie_assets_tests.databases import Postgres
from cowrie_assets_tests.ui.dev import COWRIE_ASSETS, environment_of, wait_until

LEAST_RATIO = 1.6
"""Of one worker's time to that of two, where there are cores for two."""
FIRST = date(2026, 6, 1)
_PATIENCE = 3600.0
_LOOK_SECONDS = 0.5
_READ_AGAIN = "lines read again though they were stored"
_RESTARTED_WITHIN = 5.0
"""As the service of a worker has it."""
_SENTENCE = re.compile(r"[\d,]+ lines? of .*?, ([\d,]+) duplicates?,")


@dataclass(frozen=True, slots=True)
class Done:
    """A backfill: seconds from its first run's start to its last one's end, the share of this machine's processor time
    that was taken meanwhile, its runs, and how many of them failed and were tried again."""

    seconds: float
    busy: float
    workers: str
    runs: int
    failed: int
    duplicates: int
    """Lines that were read though they were stored, as its runs say; one that was killed says nothing."""
    tables: dict[str, str]


def main() -> None:
    """The command line."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))  # so that nothing of it is left behind
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--events-per-day", type=int, default=20_000)
    parser.add_argument("--days-a-run", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", choices=("pace", "disturbed"), help="only how fast, or only what stays right")
    parser.add_argument("--kill-every", type=float, default=30.0, help="seconds, half as many to half as many again")
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
        for done in (one, together):
            outcome.add(f"{done.workers}: {_READ_AGAIN}", engine, done.duplicates, bound=0)
    if given.only != "pace":
        trouble = _Trouble(given)
        disturbed = _backfilled(given, data, workers=given.workers, trouble=trouble)
        name = f"{several}, killed throughout, a network cut for {given.cut:g} s"
        tell(name, disturbed)
        outcome.add(f"{name}: kills", engine, trouble.kills)
        outcome.add(f"{name}: workers that ended by themselves", engine, trouble.ended)
        outcome.add(f"{name}: runs that failed and were tried again", engine, disturbed.failed)
        outcome.add(f"{name}: {_READ_AGAIN}", engine, disturbed.duplicates, bound=0)
        truth = _undisturbed(given, data)
        wrong = sum(disturbed.tables[table] != truth[table] for table in truth)
        outcome.add("tables that differ from an undisturbed load", engine, wrong, bound=0)
    return outcome.finish(given.json)


def _backfilled(given: argparse.Namespace, data: Path, *, workers: int, trouble: "_Trouble | None" = None) -> Done:
    days = [FIRST + timedelta(days=number) for number in range(given.days)]
    patience = given.patience if trouble else 120
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
        with trouble.over(found) if trouble else nullcontext():
            records = found.backfill(dev, instance, days, _PATIENCE)
        return _done(instance, records, busy, found)


def _done(instance: dg.DagsterInstance, records: Sequence[Any], busy: "_Busy", found: Fleet) -> Done:
    start = min(record.start_time for record in records if record.start_time)
    end = max(record.end_time for record in records if record.end_time)
    failed = [record for record in records if record.dagster_run.status is not dg.DagsterRunStatus.SUCCESS]
    tried_again = [record for record in records if record.dagster_run.parent_run_id]
    if len(failed) > len(tried_again):
        again = {record.dagster_run.parent_run_id for record in tried_again}
        given_up = [record.dagster_run.run_id for record in failed if record.dagster_run.run_id not in again]
        why = [_said(each) for run_id in given_up for each in instance.all_logs(run_id) if _says_why(each)]
        raise SystemExit("\n".join([f"{len(given_up)} runs failed and were not tried again:", *why]))
    url = found.database.render_as_string(hide_password=False)
    return Done(
        seconds=end - start,
        busy=busy.share(start, end),
        workers=counted(len(found.machines), "worker"),
        runs=len(records),
        failed=len(failed),
        duplicates=_duplicates(instance, [record.dagster_run.run_id for record in records]),
        tables=_hashes(url),
    )


def _says_why(entry: dg.EventLogEntry) -> bool:
    """Whether it is a failure, or what Dagster's services say of the run."""
    event = entry.dagster_event
    return event is not None and (event.is_failure or event.is_step_failure or event.is_engine_event)


def _said(entry: dg.EventLogEntry) -> str:
    at = datetime.fromtimestamp(entry.timestamp, UTC)
    return f"{at:%H:%M:%S} {entry.dagster_event_type and entry.dagster_event_type.value}: {entry.message[:2000]}"


def _duplicates(instance: dg.DagsterInstance, run_ids: Sequence[str]) -> int:
    """The duplicates that runs say they read (`LoadResult.sentence`)."""
    said = [_SENTENCE.match(each.user_message) for run_id in run_ids for each in instance.all_logs(run_id)]
    return sum(int(each[1].replace(",", "")) for each in said if each is not None)


def _undisturbed(given: argparse.Namespace, data: Path) -> dict[str, str]:
    """What the command line makes of the logs."""
    last = FIRST + timedelta(days=given.days - 1)
    with databases() as made, made.new("postgresql") as database, tempfile.TemporaryDirectory() as folder:
        environment = environment_of(Path(folder), COWRIE_LOG_ROOT=str(data), COWRIE_DATABASE_URL=database.url)
        command = [*COWRIE_ASSETS, "backfill", str(FIRST), str(last)]
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        return _hashes(database.url)


def _hashes(url: str) -> dict[str, str]:
    """A digest of all rows of each table, whatever their order: the sum of the rows' own."""
    found = {}
    with Warehouse.open(url) as warehouse:
        for table in tables.VIEWS:
            digests = (blake2b(repr(row).encode(), digest_size=16).digest() for row in tables.lasting(warehouse, table))
            total = sum(int.from_bytes(digest, "big") for digest in digests)
            found[table] = f"{total % 2**128:032x}"
    return found


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
    """Kills workers one after another, and cuts one off meanwhile, until the backfill ends; systemd's part is to start
    those anew that end by themselves."""

    def __init__(self, given: argparse.Namespace) -> None:
        self._given = given
        self._over = threading.Event()
        self._one_at_a_time = threading.Lock()
        self.kills = 0
        self.ended = 0

    @contextmanager
    def over(self, found: Fleet) -> Iterator[None]:
        """For as long as the block runs."""
        threads = [
            threading.Thread(target=work, args=(found,), daemon=True) for work in (self._kill, self._cut, self._restart)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def _kill(self, found: Fleet) -> None:
        chance = random.Random(self._given.seed)
        self._wait_for_a_run(found)
        while not self._over.wait(self._given.kill_every * chance.uniform(0.5, 1.5)):
            with self._one_at_a_time:
                kill_at_random(found, chance)
            self.kills += 1

    def _cut(self, found: Fleet) -> None:
        self._wait_for_a_run(found)
        with found.machines[0].cut_off():
            self._over.wait(self._given.cut)

    def _restart(self, found: Fleet) -> None:
        while not self._over.wait(_RESTARTED_WITHIN):
            with self._one_at_a_time:
                self.ended += found.restart_ended()

    def _wait_for_a_run(self, found: Fleet) -> None:
        while "cowrie_assets.run[" not in found.log.read_text() and not self._over.is_set():
            time.sleep(_LOOK_SECONDS)


if __name__ == "__main__":
    main()
