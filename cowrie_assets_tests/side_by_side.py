"""Loaders, refreshes and report writers beside each other on one database, some of them killed: a process each.

`python -m cowrie_assets_tests.side_by_side FOLDER URL SEED KILLS` plays a round: it forks four loaders, four refreshes
and two report writers, kills as many of them, each at a moment of chance, sets another one in its place, and lets them
end. It fails where one of them does, or where nothing was in work as they were killed.
"""

import logging
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import psycopg  # noqa: F401  (before the forks: each would load it anew)

from cowrie_assets.ingest.load import load
from cowrie_assets.operations.logs import find_logs
from cowrie_assets.reports.files import write_reports
from cowrie_assets.reports.periods import period_of
from cowrie_assets.sensor_registry import Sensor, SensorRegistry
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events

LOADERS, REFRESHES, REPORTERS = 4, 4, 2
FIRST_DAY, DAYS = date(2026, 8, 28), 4
_FOLDERS = 5
_LOGS = 3
_LONGEST_KILL = 0.25
"""Seconds at most between two kills."""
_LONGEST_END = 240.0


def write_logs(root: Path, chance: random.Random, events_a_log: int) -> None:
    """Sensors of which some write in a folder of their own and some in those of others, with sessions that span
    midnight, copies of logs, garbage, and a name that two folders lay claim to."""
    numbers = iter(chance.sample(range((DAYS - 1) * 24 * 60), _FOLDERS * _LOGS * events_a_log))
    for folder in range(_FOLDERS):
        (root / f"hp-{folder}").mkdir(parents=True)
        for log in range(_LOGS):
            lines = []
            for _ in range(events_a_log):
                sensor = "shared" if chance.random() < 0.1 else f"hp-{chance.choice((folder, folder, 0))}"
                lines.append(events.line(next(numbers), sensor=sensor))
            lines.insert(chance.randint(0, len(lines)), b"kernel: oops")
            (root / f"hp-{folder}" / f"cowrie.json.{log + 1}").write_bytes(b"".join(line + b"\n" for line in lines))
    (root / "copies").mkdir()
    for folder in range(_FOLDERS):
        content = (root / f"hp-{folder}" / "cowrie.json.1").read_bytes()
        (root / "copies" / f"cowrie.json.{folder + 1}").write_bytes(content)


def settings_of(folder: Path, url: str, *, batch_events: int = 20) -> Settings:
    """The settings of every process: an event of the name `shared` belongs to the folder that it lies in."""
    root = folder / "logs"
    claims = (Sensor("beta", logpath=root / "hp-1"), Sensor("alpha", logpath=root / "copies"))
    return Settings(
        log_root=root,
        database_url=url,
        report_dir=folder / "reports",
        registry=SensorRegistry(claims),
        batch_events=batch_events,
    )


def _load(folder: Path, url: str, chance: random.Random) -> None:
    settings = settings_of(folder, url, batch_events=chance.choice((7, 20, 1000)))
    with Warehouse.open(url) as warehouse:
        while not _stopped(folder):
            logs = list(find_logs(settings).logs)
            chance.shuffle(logs)
            mode = "bulk" if chance.random() < 0.2 else "delta"
            load(warehouse, settings, logs=logs[: chance.randint(1, len(logs))], mode=mode)


def _refresh(folder: Path, url: str, chance: random.Random) -> None:
    with Warehouse.open(url) as warehouse:
        while not _stopped(folder):
            whole = chance.random() < 0.1
            days = [_day(chance)] if whole or chance.random() < 0.5 else None
            refresh(warehouse, days=days, whole=whole)


def _report(folder: Path, url: str, chance: random.Random) -> None:
    with Warehouse.open(url) as warehouse:
        while not _stopped(folder):
            write_reports(warehouse, period_of("daily", _day(chance)), folder / "reports", formats=("json",))


def _day(chance: random.Random) -> date:
    return FIRST_DAY + timedelta(days=chance.randrange(DAYS))


def _stopped(folder: Path) -> bool:
    return (folder / "stop").exists()


Work = Callable[[Path, str, random.Random], None]


def _forked(work: Callable[[], None]) -> int:
    """The id of a process of its own that does `work`."""
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)


def _play(folder: Path, url: str, seed: int, kills: int) -> int:
    chance = random.Random(seed)
    roles: list[Work] = [_load] * LOADERS + [_refresh] * REFRESHES + [_report] * REPORTERS

    def begin(role: Work) -> int:
        return _forked(partial(role, folder, url, random.Random(chance.random())))

    at_work = {begin(role): role for role in roles}
    killed = 0
    for _ in range(kills):
        time.sleep(chance.uniform(0, _LONGEST_KILL))
        victim = chance.choice(list(at_work))
        role = at_work.pop(victim)
        os.kill(victim, signal.SIGKILL)
        killed += os.waitpid(victim, 0)[1] == signal.SIGKILL
        at_work[begin(role)] = role
    (folder / "stop").touch()
    end = time.monotonic() + _LONGEST_END
    codes = []
    while at_work and time.monotonic() < end:
        for pid in list(at_work):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                codes.append(os.waitstatus_to_exitcode(status))
                del at_work[pid]
        time.sleep(0.01)
    for pid in at_work:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    print(f"{killed} killed, {len(at_work)} did not end, exit codes {sorted(set(codes))}")
    return int(bool(at_work) or any(codes) or killed < kills)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(process)d %(name)s %(message)s")
    logging.getLogger("cowrie_assets.warehouse.conflicts").setLevel(logging.DEBUG)
    sys.exit(_play(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
