"""Half a year and more by one command, in steps of days: `python -m benchmarks.scale --days 180 --engine sqlite`.

The logs of a step's days appear, and `cowrie-assets backfill` of these days loads them, makes their summaries and
writes their reports, as it would for somebody who looks every so often. Each step tells what its phases took, by the
status files of the command itself, what memory all processes had at once, and how large the database has become; the
day behind them all comes alone, as the next morning brings it. What processor time an event takes in the last third of
the steps is compared with the third before, for reports look back four months: exit code 1 where that of a phase is
more than `MAX_GROWTH` times as much, or the command needs more than 1 GB. A run that is stopped has told its steps on
standard error: `--steps FILE` prints the figures of these lines.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from benchmarks.engines import Database, add_engine_options, databases, engines_of
from benchmarks.generate import write_sensor
from benchmarks.outcome import Outcome
from benchmarks.process_memory import cpu_seconds_of, run_measured, server_bytes_of
from benchmarks.sizes import bytes_by_name
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.databases import ENGINES
from cowrie_assets_tests.ui.dev import environment_of

MAX_GROWTH = 1.25
MAX_MIB = 1000
PHASES = {"load": "delta_ingest", "summaries": "refresh_summaries", "reports": "reporting"}
"""What a step is made of, with the phase of its status file."""
SIZES = (1_000_000, 3_000_000, 10_000_000, 18_000_000, 30_000_000)
"""Events at which cost against size is told."""
BILLION = 1_000_000_000
_SENSORS = 2
_COLORS = ("#1b9e77", "#d95f02", "#7570b3", "#66c2a5", "#fc8d62", "#8da0cb")
"""Of the lines of the picture: the phases of one engine, then of the other."""
_LARGEST = 12
_SAMPLE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Step:
    """One run of the command. Sizes are in bytes, as they are behind it; `wal` and memory are the most of the run."""

    days: int
    events: int
    seconds: dict[str, float]
    """Of each phase, and `all`: the command from its start to its end."""
    cpu: dict[str, float]
    """Processor time of the same, the server's with it, which what else runs on the machine changes little."""
    server_cpu: float
    client_memory: int
    server_memory: int
    database: int
    wal: int
    reports: int


@dataclass(slots=True)
class Course:
    """All steps of an engine, and what its tables and indexes take at the end."""

    steps: list[Step] = field(default_factory=list)
    morning: Step | None = None
    """Of the day behind the last step."""
    relations: dict[str, int] = field(default_factory=dict)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--days", type=int, default=180)
    parser.add_argument("--events-per-day", type=int, default=100_000)
    parser.add_argument("--step", type=int, default=10, help="days of each run of the command")
    parser.add_argument("--start", type=date.fromisoformat, default=date(2026, 1, 1))
    parser.add_argument("--data", type=Path, help="where generated logs are kept, of these days or of more")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="a picture (SVG) of a step's phases against the size")
    add_engine_options(parser)
    parser.add_argument("--steps", type=Path, metavar="FILE", help="standard error of a run, in place of a run")
    given = parser.parse_args()
    if given.steps:
        sys.exit(report(given, _told(given.steps)))
    name = f"cowrie-benchmark-scale-{given.days}-days-{given.events_per_day}"
    data = given.data or Path(tempfile.gettempdir()) / name
    if not given.data or not data.exists():
        _generate(data, given)
    courses: dict[str, Course] = {}
    with databases() as made:
        for engine in engines_of(given.engine):
            with made.new(engine) as database, _beside(data) as folder:
                courses[engine] = Course()
                _run(given, data, database, folder, courses[engine])
    if given.plot:
        _draw(courses, given.plot)
    sys.exit(report(given, courses))


def _generate(data: Path, given: argparse.Namespace) -> None:
    """Each sensor's logs by a process of their own."""
    share = given.events_per_day * (given.days + 1) // _SENSORS
    with ProcessPoolExecutor() as pool:
        for number in range(_SENSORS):
            folder = data / f"hp-{number + 1:02}"
            pool.submit(write_sensor, folder, number, share, start=given.start, days=given.days + 1, seed=7)


def _run(given: argparse.Namespace, data: Path, database: Database, folder: Path, course: Course) -> None:
    (folder / "logs").mkdir()
    (folder / "status").mkdir()
    environment = environment_of(folder, COWRIE_DATABASE_URL=database.url, COWRIE_STATUS_DIR=str(folder / "status"))
    for begin in range(0, given.days, given.step):
        days = [given.start + timedelta(days=number) for number in range(begin, min(begin + given.step, given.days))]
        _show_logs(data, folder / "logs", days)
        step = _step(database, environment, folder, days)
        course.steps.append(step)
        _tell(database.engine, "step", step)
    next_day = given.start + timedelta(days=given.days)
    _show_logs(data, folder / "logs", [next_day])
    course.morning = _step(database, environment, folder, [next_day])
    _tell(database.engine, "morning", course.morning)
    with Warehouse.open(database.url) as warehouse, warehouse.read() as connection:
        course.relations = dict(bytes_by_name(connection).most_common(_LARGEST))


def _tell(engine: str, what: str, step: Step) -> None:
    print(engine, what, json.dumps(asdict(step)), file=sys.stderr, flush=True)


def _told(file: Path) -> dict[str, Course]:
    courses: dict[str, Course] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        engine, _, rest = line.partition(" ")
        what, _, figures = rest.partition(" ")
        if engine in ENGINES:
            course, step = courses.setdefault(engine, Course()), Step(**json.loads(figures))
            if what == "morning":
                course.morning = step
            else:
                course.steps.append(step)
    return courses


@contextmanager
def _beside(data: Path) -> Iterator[Path]:
    """A folder on the disk of the logs, which may so have a second name in it."""
    with tempfile.TemporaryDirectory(prefix="cowrie-scale-", dir=data.absolute().parent) as folder:
        yield Path(folder)


def _show_logs(data: Path, root: Path, days: Sequence[date]) -> None:
    """The logs of some days appear in the log root, with another name each for the same content."""
    for log in (log for day in days for log in sorted(data.glob(f"*/cowrie.json.{day}"))):
        (root / log.parent.name).mkdir(exist_ok=True)
        os.link(log, root / log.parent.name / log.name)


def _step(database: Database, environment: Mapping[str, str], folder: Path, days: Sequence[date]) -> Step:
    program = Path(sys.executable).with_name("cowrie-assets")
    before = database.server_cpu_seconds()
    with _watched(database) as watch:
        run = run_measured([str(program), "backfill", str(days[0]), str(days[-1])], environment)
    server_cpu = database.server_cpu_seconds() - before
    documents = {name: json.loads((folder / "status" / f"{phase}.json").read_text()) for name, phase in PHASES.items()}
    spans = {name: _span(document) for name, document in documents.items()}
    return Step(
        days=len(days),
        events=documents["load"]["metrics"]["events_inserted"],
        seconds={**{name: end - start for name, (start, end) in spans.items()}, "all": run.seconds},
        cpu={**{name: watch.cpu(*span) for name, span in spans.items()}, "all": run.cpu_seconds + server_cpu},
        server_cpu=server_cpu,
        client_memory=run.peak_bytes,
        server_memory=watch.memory,
        database=database.size_bytes,
        wal=watch.wal,
        reports=_bytes_below(folder / "reports"),
    )


def _span(document: Mapping[str, Any]) -> tuple[float, float]:
    """When a phase began and ended, in seconds since 1970."""
    start = datetime.fromisoformat(document["started_at"]).timestamp()
    return start, start + document["elapsed"]["phase_seconds"]


@dataclass(slots=True)
class _Watch:
    """The most of the server's memory and of the write-ahead log, and how much processor time was taken when."""

    memory: int = 0
    wal: int = 0
    looks: list[tuple[float, float]] = field(default_factory=list)

    def look(self, database: Database, wal: Path) -> None:
        self.wal = max(self.wal, _bytes_below(wal))
        if database.postmaster is not None:
            self.memory = max(self.memory, server_bytes_of(database.postmaster))
        self.looks.append((time.time(), cpu_seconds_of(os.getpid()) + database.server_cpu_seconds()))

    def cpu(self, start: float, end: float) -> float:
        """Processor seconds from `start` to `end`, as even as they were between two looks."""
        return self._at(end) - self._at(start)

    def _at(self, moment: float) -> float:
        place = min(max(1, bisect(self.looks, (moment, 0.0))), len(self.looks) - 1)
        (before, less), (after, more) = self.looks[place - 1 : place + 1]
        return less + (more - less) * (moment - before) / (after - before)


@contextmanager
def _watched(database: Database) -> Iterator[_Watch]:
    """What is looked at while the block runs."""
    watch, over, wal = _Watch(), threading.Event(), _wal(database)

    def look() -> None:
        watch.look(database, wal)
        while not over.wait(_SAMPLE_SECONDS):
            watch.look(database, wal)
        watch.look(database, wal)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        over.set()
        thread.join()


def _wal(database: Database) -> Path:
    if database.engine == "sqlite":
        return Path(f"{make_url(database.url).database}-wal")
    engine = create_engine(database.url)
    try:
        with engine.connect() as connection:
            return Path(connection.execute(text("SHOW data_directory")).scalar_one()) / "pg_wal"
    finally:
        engine.dispose()


def _bytes_below(path: Path) -> int:
    """Of a file, or of all files of a folder; 0 where there is none."""
    if path.is_file():
        return path.stat().st_size
    total = 0
    for folder, _, names in os.walk(path):
        for name in names:
            with suppress(FileNotFoundError):
                total += (Path(folder) / name).lstat().st_size
    return total


def report(given: argparse.Namespace, courses: Mapping[str, Course]) -> int:
    """Print the figures; 1 where a bound is broken."""
    days = max(sum(step.days for step in course.steps) for course in courses.values())
    outcome = Outcome(f"{days} days of {given.events_per_day:,} events, backfilled {given.step} at a time")
    for engine, course in courses.items():
        _add_whole(outcome, engine, course.steps)
        for phase in (*PHASES, "all") if course.morning else ():
            outcome.add(f"the next morning: {phase}", engine, course.morning.seconds[phase], "s")
            outcome.add(f"the next morning: {phase}, processor", engine, course.morning.cpu[phase], "s")
        for size, steps in _by_size(course.steps):
            _add_size(outcome, engine, size, steps)
        for phase, growth in growth_of(course.steps).items():
            outcome.add(f"{phase}: an event of the last third / of the third before", engine, growth, bound=MAX_GROWTH)
        for name, value, unit in extrapolated(course.steps):
            outcome.add(f"1,000,000,000 events, extrapolated: {name}", engine, value, unit)
    details = {engine: asdict(course) for engine, course in courses.items()}
    return outcome.finish(given.json, {"courses": details})


def _add_whole(outcome: Outcome, engine: str, steps: Sequence[Step]) -> None:
    events = sum(step.events for step in steps)
    for phase in (*PHASES, "all"):
        outcome.add(f"{phase}, together", engine, sum(step.seconds[phase] for step in steps), "s")
        outcome.add(f"{phase}, together, processor", engine, sum(step.cpu[phase] for step in steps), "s")
    outcome.add("of it the server", engine, sum(step.server_cpu for step in steps), "s")
    outcome.add("events a second, from logs to reports", engine, events / sum(step.seconds["all"] for step in steps))
    most = max(step.client_memory for step in steps) / 2**20
    outcome.add("most memory of the command's processes", engine, most, "MiB", bound=MAX_MIB)
    outcome.add("most memory of the server", engine, max(step.server_memory for step in steps) / 2**20, "MiB")
    outcome.add("longest write-ahead log", engine, max(step.wal for step in steps) / 2**20, "MiB")
    outcome.add("reports on disk", engine, steps[-1].reports / 2**20, "MiB")


def _by_size(steps: Sequence[Step]) -> Iterator[tuple[int, Sequence[Step]]]:
    """The steps until each of `SIZES` was reached."""
    for size in SIZES:
        loaded = 0
        for number, step in enumerate(steps, 1):
            loaded += step.events
            if loaded >= 0.97 * size:  # sessions of a step's last night have their end in the next
                yield size, steps[:number]
                break


def _add_size(outcome: Outcome, engine: str, size: int, steps: Sequence[Step]) -> None:
    name = f"{size // 1_000_000} M events"
    last = steps[-1]
    outcome.add(f"{name}: so far", engine, sum(step.seconds["all"] for step in steps), "s")
    for phase in PHASES:
        outcome.add(f"{name}: {phase} of the last step", engine, last.seconds[phase], "s")
        outcome.add(f"{name}: {phase} of the last step, processor", engine, last.cpu[phase], "s")
    outcome.add(f"{name}: database", engine, last.database / 2**20, "MiB")


def growth_of(steps: Sequence[Step]) -> dict[str, float]:
    """By phase, the processor time of an event in the last third of the steps against the third before: medians, for a
    step with the end of a month writes one report more. Empty where there are fewer than six steps."""
    third = len(steps) // 3
    if third < 2:
        return {}
    first, last = steps[-2 * third : -third], steps[-third:]
    return {phase: _cpu_of_event(last, phase) / _cpu_of_event(first, phase) for phase in PHASES}


def extrapolated(steps: Sequence[Step]) -> list[tuple[str, float, str]]:
    """What a billion events would take if all were as those of the last third: name, value, unit."""
    last = steps[-(max(1, len(steps) // 3)) :]
    events = sum(step.events for step in steps)
    return [
        *((f"{phase}, processor", BILLION / 3600 * _cpu_of_event(last, phase), "h") for phase in PHASES),
        ("database", steps[-1].database / events * BILLION / 2**30, "GiB"),
        ("reports", steps[-1].reports / events * BILLION / 2**30, "GiB"),
    ]


def _cpu_of_event(steps: Sequence[Step], phase: str) -> float:
    return statistics.median(step.cpu[phase] / step.events for step in steps)


def _draw(courses: Mapping[str, Course], file: Path) -> None:
    import leather  # noqa: PLC0415

    colors = iter(_COLORS)
    chart = leather.Chart("Processor seconds of a step, by millions of events stored")
    for engine, course in courses.items():
        stored = [sum(step.events for step in course.steps[:number]) for number in range(1, len(course.steps) + 1)]
        for phase in PHASES:
            points = [(size / 1e6, step.cpu[phase]) for size, step in zip(stored, course.steps, strict=True)]
            chart.add_line(points, stroke_color=next(colors), name=f"{engine}: {phase}")
    chart.add_x_axis(name="million events")
    chart.add_y_axis(name="processor seconds")
    chart.to_svg(str(file), width=900, height=500)


if __name__ == "__main__":
    main()
