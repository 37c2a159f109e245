"""Loaders, refreshes and report writers beside each other on one database, some of them killed: a process each.

`python -m cowrie_assets_tests.side_by_side FOLDER URL SEED KILLS` plays a round: it forks four loaders, four refreshes
and two report writers, kills as many of them, sets another one in the place of each, and lets them end. Each tells when
it takes a step; a kill comes a few steps, and a moment of chance, after the one before. It fails where one of them
does.
"""

import logging
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from select import select

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

Tell = Callable[[object], None]
Work = Callable[[Path, str, random.Random, Tell], None]
LOADERS, REFRESHES, REPORTERS = 4, 4, 2
FIRST_DAY, DAYS = date(2026, 8, 28), 4
_FOLDERS = 5
_LOGS = 3
_STEPS_BETWEEN_KILLS = 20
"""How many steps of all processes lie between two kills at most."""
_MOMENT = 0.05
"""Seconds at most that a kill comes after a step."""
_LONGEST_STEP = 60.0
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


def _load(folder: Path, url: str, chance: random.Random, tell: Tell) -> None:
    settings = settings_of(folder, url, batch_events=chance.choice((7, 20, 1000)))
    with Warehouse.open(url) as warehouse:
        while not _stopped(folder):
            logs = list(find_logs(settings).logs)
            chance.shuffle(logs)
            mode = "bulk" if chance.random() < 0.2 else "delta"
            load(warehouse, settings, logs=logs[: chance.randint(1, len(logs))], mode=mode, progress=tell)


def _refresh(folder: Path, url: str, chance: random.Random, tell: Tell) -> None:
    with Warehouse.open(url) as warehouse:
        while not _stopped(folder):
            whole = chance.random() < 0.1
            days = [_day(chance)] if whole or chance.random() < 0.5 else None
            refresh(warehouse, days=days, whole=whole, progress=tell)


def _report(folder: Path, url: str, chance: random.Random, tell: Tell) -> None:
    with Warehouse.open(url) as warehouse:
        while not _stopped(folder):
            write_reports(warehouse, period_of("daily", _day(chance)), folder / "reports", formats=("json",), tell=tell)


def _day(chance: random.Random) -> date:
    return FIRST_DAY + timedelta(days=chance.randrange(DAYS))


def _stopped(folder: Path) -> bool:
    return (folder / "stop").exists()


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

    steps, telling = os.pipe()
    os.set_blocking(telling, False)

    def tell(_: object) -> None:
        with suppress(BlockingIOError):
            os.write(telling, b".")

    def begin(role: Work) -> int:
        return _forked(partial(role, folder, url, random.Random(chance.random()), tell))

    at_work = {begin(role): role for role in roles}
    killed = 0
    for _ in range(kills):
        for _ in range(chance.randint(1, _STEPS_BETWEEN_KILLS)):
            if select([steps], [], [], _LONGEST_STEP)[0]:
                os.read(steps, 1)
        time.sleep(chance.uniform(0, _MOMENT))
        victim = chance.choice(list(at_work))
        role = at_work.pop(victim)
        os.kill(victim, signal.SIGKILL)
        killed += os.waitpid(victim, 0)[1] == signal.SIGKILL
        at_work[begin(role)] = role
        while select([steps], [], [], 0)[0]:
            os.read(steps, 4096)
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
