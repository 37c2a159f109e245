"""What a fleet costs a day: 500 sensors over 60 months: `python -m benchmarks.fleet --engine postgresql`.

Each figure is taken in a process of its own: processor time (the server's included), wall time, statements and peak
memory. Exit code 1 where a bound is broken: bounds are seconds of the processor, and numbers of reports and statements,
which depend on no machine. Processor bounds move with the machine's slowness.
"""

import argparse
import inspect
import json
import os
import resource
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

from benchmarks.fleet_warehouse import DAY, Fleet
from cowrie_assets.clock import now_us
from cowrie_assets.ingest.load import load
from cowrie_assets.operations.ingest import changed_logs
from cowrie_assets.operations.logs import find_logs
from cowrie_assets.operations.status import status
from cowrie_assets.operations.validate import validate
from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.files import write_reports
from cowrie_assets.reports.pages.sessions import session_pages
from cowrie_assets.reports.pages.subjects import Kind, Subject
from cowrie_assets.reports.periods import REPORT_TYPES, period_of
from cowrie_assets.reports.staleness import stale_periods
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.refresh import days_with_data, refresh
from cowrie_assets.warehouse import versions
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.cpu_time import slowness
from cowrie_assets_tests.databases import Postgres

SESSIONS_LOOKED_UP = 200
_MIB_IN_KIB = 1024
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement; `amount` is what it came to: documents, days, differences."""

    what: str
    cpu: float
    server_cpu: float
    wall: float
    statements: int
    mib: int
    amount: int


@dataclass(frozen=True, slots=True)
class Bound:
    """What a figure must not exceed: seconds of both processors, statements, and what it came to."""

    cpu: float
    statements: int | None = None
    amount: int | None = None
    mib: int = 512


BOUNDS: dict[str, Bound] = {}


def main() -> None:
    """The command line; `--part` is what it calls itself with."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--sensors", type=int, default=500)
    parser.add_argument("--months", type=int, default=60)
    parser.add_argument("--alive", type=int, default=300, help="sensors that write to the day")
    parser.add_argument("--only", nargs="*", choices=list(PARTS), help="these parts only, in their order")
    parser.add_argument("--folder", type=Path, help="where logs and databases are kept, to be taken again")
    parser.add_argument("--part", nargs=4, metavar=("WHAT", "FOLDER", "URL", "SERVER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part is not None:
        print(json.dumps(asdict(_measured(*given.part))))
        return
    with _folder(given.folder) as folder:
        fleet = Fleet(folder / "logs", given.sensors, given.months, given.alive)
        fleet.write_logs()
        with _database(folder, fleet, given.engine) as (url, server):
            parts = [name for name in PARTS if not given.only or name in given.only]
            figures = [_figure(name, fleet.folder, url, server) for name in parts]
    sys.exit(_report(given.engine, figures))


def _weekly(warehouse: Warehouse, settings: Settings) -> int:
    return sum(each.wrong for each in validate(warehouse, settings))


def _nightly(warehouse: Warehouse, settings: Settings) -> int:
    changed = {"changed": True} if "changed" in inspect.signature(validate).parameters else {}
    return sum(each.wrong for each in validate(warehouse, settings, **changed))


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
    return len({each.path.with_suffix("") for each in written})


def _tick(warehouse: Warehouse, settings: Settings) -> int:
    found = len(changed_logs(warehouse, settings, patience=10.0))
    with warehouse.read() as connection:
        return found + sum(len(stale_periods(connection, each, now=now_us())) for each in REPORT_TYPES) * 0


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
        found = [Subject(Kind.SESSION, (row[0], row[1])) for row in connection.execute(query)]
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


def _figure(what: str, logs: Path, url: str, server: str) -> Figure:
    command = [sys.executable, "-m", "benchmarks.fleet", "--part", what, str(logs), url, server]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{what} failed:\n{done.stderr}")
    figure = Figure(**json.loads(done.stdout))
    print(_line(figure), file=sys.stderr, flush=True)
    return figure


def _measured(what: str, logs: str, url: str, server: str) -> Figure:
    reports = Path(logs).parent / "reports" / make_url(url).get_backend_name()
    settings = replace(Settings(), database_url=url, log_root=Path(logs) / "day", report_dir=reports)
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    event.listen(Engine, "before_cursor_execute", count)
    with Warehouse.open(url) as warehouse:
        statements, of_server = 0, _server_seconds(server)
        wall, processor = time.perf_counter(), time.process_time()
        amount = PARTS[what](warehouse, settings)
        processor, wall = time.process_time() - processor, time.perf_counter() - wall
        of_server = _server_seconds(server) - of_server
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _MIB_IN_KIB
    return Figure(what, round(processor, 3), round(of_server, 2), round(wall, 3), statements, mib, amount)


def _server_seconds(postmaster: str) -> float:
    """Processor time of a server and of all that it ever started; 0 where there is none."""
    if not postmaster:
        return 0.0
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if stat.parent.name == postmaster:
            ticks += sum(map(int, fields[11:15]))
        elif fields[1] == postmaster:
            ticks += sum(map(int, fields[11:13]))
    return ticks / _TICKS_A_SECOND


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="cowrie-fleet-") as scratch:
        yield Path(scratch)


@contextmanager
def _database(folder: Path, fleet: Fleet, engine: str) -> Iterator[tuple[str, str]]:
    """The URL of a database of this run's own, a copy of one that holds the fleet before the day; and the server's
    number."""
    shutil.rmtree(folder / "reports" / engine, ignore_errors=True)
    settings = replace(Settings(), log_root=fleet.folder)
    if engine == "sqlite":
        kept, copy = folder / "fleet.db", folder / f"run-{os.getpid()}.db"
        if not kept.exists():
            with Warehouse.open(f"sqlite:///{kept}.new") as warehouse:
                fleet.fill(warehouse, settings)
                warehouse.checkpoint()
            kept.with_name("fleet.db.new").rename(kept)
        shutil.copyfile(kept, copy)
        try:
            yield _upgraded(f"sqlite:///{copy}"), ""
        finally:
            for file in folder.glob(f"{copy.name}*"):
                file.unlink()
        return
    server = Postgres(folder / "postgres")
    server.folder.mkdir(exist_ok=True)
    try:
        admin = server.url
        kept_url, copy_url = (admin.set(database=name) for name in ("fleet", f"run_{os.getpid()}"))
        names = _sql(admin, "SELECT datname FROM pg_database")
        if "fleet" not in names:
            _sql(admin, "DROP DATABASE IF EXISTS fleet_new")
            _sql(admin, "CREATE DATABASE fleet_new TEMPLATE template0")
            with Warehouse.open(kept_url.set(database="fleet_new").render_as_string(False)) as warehouse:
                fleet.fill(warehouse, settings)
            _sql(kept_url.set(database="fleet_new"), "VACUUM ANALYZE")
            _sql(admin, "ALTER DATABASE fleet_new RENAME TO fleet")
        _sql(admin, f"CREATE DATABASE {copy_url.database} TEMPLATE fleet")
        postmaster = (server.folder / "data" / "postmaster.pid").read_text().split()[0]
        yield _upgraded(copy_url.render_as_string(False)), postmaster
    finally:
        _sql(server.url, f"DROP DATABASE IF EXISTS run_{os.getpid()} WITH (FORCE)")
        if folder.name.startswith("cowrie-fleet-"):
            server.stop()
        else:
            server._server().stop()


def _sql(url: URL, statement: str) -> list[str]:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            done = connection.execute(text(statement))
            return [str(row[0]) for row in done] if done.returns_rows else []
    finally:
        engine.dispose()


def _upgraded(url: str) -> str:
    """A database that an earlier version of this code filled is taken on."""
    with Warehouse.connect(url) as warehouse:
        versions.upgrade(warehouse)
    return url


def _line(figure: Figure) -> str:
    cpu = f"{figure.cpu:9.2f} +{figure.server_cpu:8.2f} s"
    return (
        f"  {figure.what:<24}{cpu} of the processor,{figure.wall:9.2f} s,{figure.statements:8,} statements,"
        f"{figure.mib:5} MiB, {figure.amount:,}"
    )


def _report(engine: str, figures: list[Figure]) -> int:
    slow = max(1.0, slowness())
    broken = 0
    print(f"{engine}: processor time of this process and of the server")
    for figure in figures:
        bound = BOUNDS.get(figure.what)
        wrong = bound is not None and (
            figure.cpu + figure.server_cpu > bound.cpu * slow
            or figure.mib > bound.mib
            or (bound.statements is not None and figure.statements > bound.statements)
            or (bound.amount is not None and figure.amount > bound.amount)
        )
        broken += wrong
        print(f"{_line(figure)}{'   BROKEN' if wrong else ''}")
    print(json.dumps({"engine": engine, "slowness": slow, "figures": [asdict(each) for each in figures]}))
    return int(broken > 0)


if __name__ == "__main__":
    main()
