"""What a fleet costs a day: 500 sensors over 60 months: `python -m benchmarks.fleet --engine postgresql`.

Each figure is taken in a process of its own: processor time with that of the server, time, statements, peak memory, and
what it came to. Exit code 1 where a bound is broken: seconds of the processor, which move with the machine's slowness,
numbers of reports, and memory.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url

from benchmarks.engines import add_engine_options, engines_of
from benchmarks.fleet_warehouse import DAY, Fleet
from benchmarks.outcome import Outcome
from benchmarks.process_memory import cpu_seconds_of
from cowrie_assets.clock import now_us
from cowrie_assets.ingest.load import load
from cowrie_assets.operations import proofs
from cowrie_assets.operations.ingest import changed_logs
from cowrie_assets.operations.logs import find_logs
from cowrie_assets.operations.status import status
from cowrie_assets.operations.validate import validate
from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.files import write_reports
from cowrie_assets.reports.pages.sessions import session_pages
from cowrie_assets.reports.pages.subjects import PageKind, Subject
from cowrie_assets.reports.periods import REPORT_TYPES, period_of
from cowrie_assets.reports.staleness import stale_periods
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.pending import days_with_data
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.warehouse import versions
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.cpu_time import slowness
from cowrie_assets_tests.databases import Engine as EngineName
from cowrie_assets_tests.databases import Postgres

SESSIONS_LOOKED_UP = 200
MAX_MIB = 256
MAX_SECONDS = {
    "weekly validation": 600.0,
    "load of a day": 12.0,
    "summaries of a day": 3.0,
    "reports of a day": 40.0,
    "tick": 0.5,
    "status": 3.0,
    "days with data": 0.5,
    "200 sessions looked up": 0.5,
    "validation of a day": 120.0,
    "late log of a sensor": 1.0,
    "its reports": 5.0,
    "nightly validation": 60.0,
}
"""Of the processor and the server's, on the machine of the bounds, for a fleet of the usual size."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one part took in its process; `amount` is what it came to: documents, days, differences."""

    cpu: float
    wall: float
    statements: int
    mib: int
    amount: int


def main() -> None:
    """The command line; `--part` is what it calls itself with, for each figure has a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sensors", type=int, default=500)
    parser.add_argument("--months", type=int, default=60)
    parser.add_argument("--alive", type=int, default=300, help="sensors that write to the day")
    parser.add_argument("--only", nargs="*", choices=list(PARTS), help="these parts only, in their order")
    parser.add_argument("--without", nargs="*", choices=list(PARTS), default=[], help="all parts but these")
    parser.add_argument("--folder", type=Path, help="where logs and databases are kept, to be taken again")
    parser.add_argument("--part", nargs=3, metavar=("WHAT", "FOLDER", "URL"), help=argparse.SUPPRESS)
    add_engine_options(parser)
    given = parser.parse_args()
    if given.part is not None:
        print(json.dumps(asdict(_measured(*given.part))))
        return
    outcome = Outcome(f"{given.sensors} sensors over {given.months} months, {given.alive} of them on the day")
    slow = max(1.0, slowness())
    with _folder(given.folder) as folder:
        fleet = Fleet(folder / "logs", given.sensors, given.months, given.alive)
        fleet.write_logs()
        for engine in engines_of(given.engine):
            with _database(folder, fleet, engine) as database:
                parts = [name for name in PARTS if (not given.only or name in given.only) and name not in given.without]
                if "weekly validation" not in parts:
                    _take_for_proved(database[1])
                for name in parts:
                    _add(outcome, name, fleet.folder, database, slow=slow, most=_most(name, given.alive))
    sys.exit(outcome.finish(given.json, {"slowness": slow}))


def _most(part: str, alive: int) -> int | None:
    """What a part may come to: reports that are written, differences that are found."""
    if "validation" in part:
        return 0
    return {"reports of a day": alive + 1, "its reports": 2}.get(part)


def _weekly(warehouse: Warehouse, settings: Settings) -> int:
    return sum(each.wrong for each in validate(warehouse, settings))


def _nightly(warehouse: Warehouse, settings: Settings) -> int:
    return sum(each.wrong for each in validate(warehouse, settings, changed=True))


def _take_for_proved(url: str) -> None:
    """As if everything had been looked at: for a nightly validation without the weekly one, which takes long."""
    with Warehouse.open(url) as warehouse:
        with warehouse.read() as connection:
            today = proofs.versions(connection)
        proofs.record(warehouse, today, (), proved_at=now_us())


def _load(warehouse: Warehouse, settings: Settings) -> int:
    return load(warehouse, settings, logs=find_logs(settings).logs).events


def _late(warehouse: Warehouse, settings: Settings) -> int:
    assert settings.log_root is not None
    late = replace(settings, log_root=settings.log_root.parent / "late")
    found = load(warehouse, late, logs=find_logs(late).logs).events
    refresh(warehouse)
    return found


def _summaries(warehouse: Warehouse, _: Settings) -> int:
    return refresh(warehouse).sessions


def _reports(warehouse: Warehouse, settings: Settings) -> int:
    written = write_reports(warehouse, period_of("daily", DAY), settings.report_dir)
    return len({each.path.with_suffix("") for each in written if not each.left})


def _tick(warehouse: Warehouse, settings: Settings) -> int:
    """The looks of the sensors for new logs and stale reports; told are the logs."""
    found = len(changed_logs(warehouse, settings, patience=10.0))
    with warehouse.read() as connection:
        for each in REPORT_TYPES:
            stale_periods(connection, each, now=now_us())
    return found


def _status(warehouse: Warehouse, settings: Settings) -> int:
    return status(warehouse, settings.registry).sessions


def _days(warehouse: Warehouse, _: Settings) -> int:
    return len(days_with_data(warehouse))


def _one_day(warehouse: Warehouse, settings: Settings) -> int:
    return sum(each.wrong for each in validate(warehouse, settings, start=DAY, end=DAY))


def _sessions(warehouse: Warehouse, _: Settings) -> int:
    query = text(
        "SELECT sensors.name, session_keys.session_id FROM session_facts AS s"
        " JOIN session_keys ON session_keys.id = s.session_ref JOIN sensors ON sensors.id = s.sensor_id"
        f" ORDER BY s.session_day DESC, s.session_ref LIMIT {SESSIONS_LOOKED_UP}"
    )
    with warehouse.read() as connection:
        found = [Subject(PageKind.SESSION, (row[0], row[1])) for row in connection.execute(query)]
        return len(session_pages(Scope(connection, period_of("daily", DAY), 0, top=0), found))


PARTS: dict[str, Callable[[Warehouse, Settings], int]] = {
    "weekly validation": _weekly,
    "load of a day": _load,
    "summaries of a day": _summaries,
    "reports of a day": _reports,
    "tick": _tick,
    "status": _status,
    "days with data": _days,
    "200 sessions looked up": _sessions,
    "validation of a day": _one_day,
    "late log of a sensor": _late,
    "its reports": _reports,
    "nightly validation": _nightly,
}
"""In the order in which they are measured: each finds what those before it left."""


def _add(
    outcome: Outcome,
    what: str,
    logs: Path,
    database: tuple[str, str, int | None],
    *,
    slow: float,
    most: int | None = None,
) -> None:
    """Do one part in a process of its own, and take in what it cost; `most` is what it may come to."""
    engine, url, postmaster = database
    command = [sys.executable, "-m", "benchmarks.fleet", "--part", what, str(logs), url]
    before = 0.0 if postmaster is None else cpu_seconds_of(postmaster)
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{what} failed:\n{done.stderr}")
    found = Measured(**json.loads(done.stdout))
    server = 0.0 if postmaster is None else cpu_seconds_of(postmaster) - before
    print(f"{engine} {what}: {found}, server {server:.2f}", file=sys.stderr, flush=True)
    outcome.add(f"{what}: processor", engine, found.cpu + server, "s", bound=MAX_SECONDS[what] * slow)
    outcome.add(f"{what}: time", engine, found.wall, "s")
    outcome.add(f"{what}: statements", engine, found.statements)
    outcome.add(f"{what}: memory", engine, found.mib, "MiB", bound=MAX_MIB)
    outcome.add(f"{what}: came to", engine, found.amount, bound=most)


def _measured(what: str, logs: str, url: str) -> Measured:
    reports = Path(logs).parent / "reports" / make_url(url).get_backend_name()
    settings = replace(Settings(), database_url=url, log_root=Path(logs) / "day", report_dir=reports)
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    event.listen(Engine, "before_cursor_execute", count)
    with Warehouse.open(url) as warehouse:
        statements = 0
        wall, processor = time.perf_counter(), time.process_time()
        amount = PARTS[what](warehouse, settings)
        processor, wall = time.process_time() - processor, time.perf_counter() - wall
    return Measured(round(processor, 3), round(wall, 3), statements, _peak_mib(), amount)


def _peak_mib() -> int:
    """Of this process alone: what `resource` tells holds what its parent had when it started it."""
    found = re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) // 1024 if found else 0


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="cowrie-fleet-") as scratch:
        yield Path(scratch)


@contextmanager
def _database(folder: Path, fleet: Fleet, engine: EngineName) -> Iterator[tuple[str, str, int | None]]:
    """`(engine, URL, postmaster)` of a copy of a database that holds the fleet before the day."""
    shutil.rmtree(folder / "reports" / engine, ignore_errors=True)
    if engine == "sqlite":
        kept, copy = folder / "fleet.db", folder / f"run-{os.getpid()}.db"
        if not kept.exists():
            _fill(fleet, f"sqlite:///{kept}.new")
            kept.with_name("fleet.db.new").rename(kept)
        shutil.copyfile(kept, copy)
        try:
            yield engine, _upgraded(f"sqlite:///{copy}"), None
        finally:
            for file in folder.glob(f"{copy.name}*"):
                file.unlink()
        return
    server = Postgres(folder / "postgres", durable=True)
    server.folder.mkdir(exist_ok=True)
    kept_url, copy_url = (server.url.set(database=name) for name in ("fleet", f"run_{os.getpid()}"))
    try:
        if "fleet" not in _sql(server.url, "SELECT datname FROM pg_database"):
            _sql(server.url, "DROP DATABASE IF EXISTS fleet_new")
            _sql(server.url, "CREATE DATABASE fleet_new TEMPLATE template0")
            _fill(fleet, kept_url.set(database="fleet_new").render_as_string(hide_password=False))
            _sql(kept_url.set(database="fleet_new"), "VACUUM ANALYZE")
            _sql(server.url, "ALTER DATABASE fleet_new RENAME TO fleet")
        _sql(server.url, f"CREATE DATABASE {copy_url.database} TEMPLATE fleet")
        url = _upgraded(copy_url.render_as_string(hide_password=False))
        _sql(copy_url, "ANALYZE")
        yield engine, url, server.postmaster
    finally:
        _sql(server.url, f"DROP DATABASE IF EXISTS {copy_url.database} WITH (FORCE)")
        server.halt()


def _fill(fleet: Fleet, url: str) -> None:
    with Warehouse.open(url) as warehouse:
        fleet.fill(warehouse, replace(Settings(), log_root=fleet.folder))
        warehouse.checkpoint()


def _upgraded(url: str) -> str:
    """A database that an earlier version of this code filled is taken on."""
    with Warehouse.connect(url) as warehouse:
        versions.upgrade(warehouse)
    return url


def _sql(url: URL, statement: str) -> list[str]:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            done = connection.execute(text(statement))
            return [str(row[0]) for row in done] if done.returns_rows else []
    finally:
        engine.dispose()


if __name__ == "__main__":
    main()
