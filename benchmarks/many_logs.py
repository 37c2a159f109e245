"""Many small logs: `python -m benchmarks.many_logs`.

3,000 archives of 20 lines are ingested; then an `ingest` finds nothing new in 500 folders of 100 logs each, and a tick
of the sensor in 500 of 1,100. Each in a process of its own, and bounded in processor time, which depends little on what
else runs. Exit code 1 where a bound is broken. Half a million files take 2.5 GB of the temporary folder.
"""

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.engines import Database, add_engine_options, databases, engines_of
from benchmarks.outcome import Outcome
from benchmarks.process_memory import own_peak_bytes
from cowrie_assets.ingest.discovery import LogFile
from cowrie_assets.ingest.file_looks import path_key
from cowrie_assets.ingest.fingerprint import file_samples
from cowrie_assets.operations.ingest import changed_logs, ingest
from cowrie_assets.operations.logs import find_logs
from cowrie_assets.sensor_registry import Sensor, SensorRegistry
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.bulk_insert import insert_rows
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import logs

LOAD_SECONDS = 15.0
IDLE_SECONDS = 3.0
TICK_SECONDS = 5.0
IDLE_MIB = 256
_AT_ONCE = 5000


def main() -> None:
    """The command line; `--part` is what it calls itself with, for each figure has a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--archives", type=int, default=3000)
    parser.add_argument("--lines", type=int, default=20)
    parser.add_argument("--sensors", type=int, default=500)
    parser.add_argument("--logs-per-sensor", type=int, default=100, help="of the idle ingest")
    parser.add_argument("--logs-of-tick", type=int, default=1100, help="logs of each sensor at the tick; 0: no tick")
    parser.add_argument("--part", nargs=3, metavar=("WHAT", "FOLDER", "URL"), help=argparse.SUPPRESS)
    add_engine_options(parser)
    given = parser.parse_args()
    if given.part is not None:
        print(json.dumps(_measured(*given.part)))
        return
    outcome = Outcome("many small logs")
    with tempfile.TemporaryDirectory(prefix="cowrie-many-logs-") as scratch, databases() as made:
        unread, read = Path(scratch) / "unread", Path(scratch) / "read"
        write_logs(unread, sensors=30, each=given.archives // 30, lines=given.lines)
        write_logs(read, sensors=given.sensors, each=given.logs_per_sensor, lines=1)
        for engine in engines_of(given.engine):
            with made.new(engine) as database:
                what = f"{given.archives:,} archives of {given.lines} lines"
                _add(outcome, what, ("ingest", unread), database, seconds=LOAD_SECONDS)
            with made.new(engine) as database:
                note_as_read(read, database.url)
                what = f"idle ingest of {given.sensors} x {given.logs_per_sensor:,} logs"
                _add(outcome, what, ("ingest", read), database, seconds=IDLE_SECONDS, mib=IDLE_MIB)
        if given.logs_of_tick:
            many = Path(scratch) / "many"
            write_logs(many, sensors=given.sensors, each=given.logs_of_tick, lines=1)
            for engine in engines_of(given.engine):
                with made.new(engine) as database:
                    note_as_read(many, database.url)
                    what = f"a tick over {given.sensors} x {given.logs_of_tick:,} logs"
                    _add(outcome, what, ("tick", many), database, seconds=TICK_SECONDS, mib=IDLE_MIB)
    sys.exit(outcome.finish(given.json))


def _add(
    outcome: Outcome,
    what: str,
    part: tuple[str, Path],
    database: Database,
    *,
    seconds: float,
    mib: int | None = None,
) -> None:
    """Do one part in a process of its own, and take in what it cost."""
    command = [sys.executable, "-m", "benchmarks.many_logs", "--part", part[0], str(part[1]), database.url]
    before = database.server_cpu_seconds()
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    outcome.add(f"{what}, processor", database.engine, found["seconds"], "s", bound=seconds)
    outcome.add(f"{what}, of the server", database.engine, database.server_cpu_seconds() - before, "s")
    outcome.add(f"{what}, time", database.engine, found["wall"], "s")
    outcome.add(f"{what}, memory", database.engine, found["mib"], "MiB", bound=mib)


def _measured(what: str, folder: str, url: str) -> dict[str, float]:
    settings = settings_of(Path(folder))
    with Warehouse.open(url) as warehouse:
        work: Callable[[], object] = {
            "ingest": lambda: ingest(warehouse, settings),
            "tick": lambda: changed_logs(warehouse, settings, patience=10.0),
        }[what]
        wall, processor = time.perf_counter(), time.process_time()
        work()
        mib = own_peak_bytes() // 2**20
        return {"seconds": time.process_time() - processor, "wall": time.perf_counter() - wall, "mib": mib}


def settings_of(folder: Path) -> Settings:
    """Settings with each folder of logs in the sensors file, as a large house has them."""
    sensors = tuple(Sensor(f"sensor-{path.name}", logpath=path) for path in sorted(folder.iterdir()))
    return Settings(log_root=folder, registry=SensorRegistry(sensors))


def write_logs(root: Path, *, sensors: int, each: int, lines: int) -> None:
    """Archives with `lines` events each, every event another one; each archive is one session of one day."""
    for sensor in range(sensors):
        folder = root / f"hp-{sensor:03d}"
        folder.mkdir(parents=True)
        for number in range(each):
            session = f"{sensor * each + number:012x}"
            day = f"2026-{1 + number % 9:02d}-{1 + number % 28:02d}"
            content = "".join(_line(folder.name, session, day, minute) for minute in range(lines))
            (folder / f"cowrie.json.{number + 1}.gz").write_bytes(gzip.compress(content.encode(), 1))


def _line(sensor: str, session: str, day: str, minute: int) -> str:
    event = {
        "eventid": "cowrie.login.failed",
        "username": "root",
        "password": f"{session[-2:]}{minute}",
        "message": f"login attempt [root/{session[-2:]}{minute}] failed",
        "src_ip": f"192.0.2.{minute}",
        "session": session,
        "sensor": sensor,
        "timestamp": f"{day}T{minute // 60:02d}:{minute % 60:02d}:00.000000Z",
    }
    return json.dumps(event) + "\n"


def note_as_read(root: Path, url: str) -> None:
    """The ledger's rows of logs that were read, without their events, as an idle look finds them: reading 50,000 takes
    minutes."""
    settings = settings_of(root)
    found = find_logs(settings).logs
    time.sleep(2.1)  # what was written a moment before the look would be opened again
    book = dict.fromkeys((column.name for column in logs.columns if not column.nullable), 0) | {
        "compression": "gzip",
        "checkpoint": b"",
        "collector": "",
        "status": "closed",
    }
    with Warehouse.open(url) as warehouse:
        for begin in range(0, len(found), _AT_ONCE):
            books, paths = [], []
            for number, log in enumerate(found[begin : begin + _AT_ONCE], begin + 1):
                state = _state(log)
                books.append((*(book | {"id": number, "path": state["path"], "fingerprint": b"%d" % number}).values(),))
                paths.append((*(state | {"log_id": number, "pending_bytes": 0}).values(),))
            with warehouse.write() as connection:
                insert_rows(connection, "logs", list(book), books)
                insert_rows(connection, "log_paths", [*_STATE, "log_id", "pending_bytes"], paths)


_STATE = ("collector", "path", "size", "mtime_ns", "inode", "samples", "ctime_ns", "looked_at_ns")


def _state(log: LogFile) -> dict[str, Any]:
    status = log.path.stat()
    found = (status.st_size, status.st_mtime_ns, status.st_ino, file_samples(log.path, status.st_size))
    return dict(zip(_STATE, ("", path_key(log), *found, status.st_ctime_ns, time.time_ns()), strict=True))


if __name__ == "__main__":
    main()
