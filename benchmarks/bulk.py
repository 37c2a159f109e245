"""Bulk loading against the bare loop, in one run: `python -m benchmarks.bulk`. Exit code 1 where a bound is broken.

Each round runs the bare loop and `cowrie-assets ingest --mode bulk` into new databases, one after the other; the ratios
are those of the medians. What was loaded is compared with the generator's counts. `--days 56 --sensors 1` spreads the
events over as many days, each with a log of its own; `--logs FOLDER` takes logs that are there instead.
"""

import argparse
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from sqlalchemy import text

from benchmarks.bare_loop import bare_loop
from benchmarks.engines import Database, add_engine_options, databases, engines_of
from benchmarks.generate import Counts, generated
from benchmarks.outcome import Outcome
from benchmarks.process_memory import Run, run_measured
from cowrie_assets.warehouse.engine import Warehouse

MAX_RATIO = 2.0
MAX_RATIO_OF_ENGINES = 1.5
MAX_MEMORY = 512 * 1024 * 1024
MAX_SIZE = 1.5

_LOADED = """
SELECT (SELECT COUNT(*) FROM raw_events), COUNT(*), SUM(closed), SUM(command_count), SUM(login_successes),
       SUM(login_failures), SUM(file_downloads), SUM(file_uploads)
FROM session_summaries
"""
_EVENTS = "SELECT COUNT(*) FROM raw_events"


@dataclass(slots=True)
class Rounds:
    """What the rounds of one engine took."""

    runs: list[Run] = field(default_factory=list)
    server_cpu_seconds: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    events: int = 0

    @property
    def seconds(self) -> float:
        """The median of wall time."""
        return statistics.median(run.seconds for run in self.runs)

    @property
    def cpu_seconds(self) -> float:
        """The median of processor time, the server's included."""
        pairs = zip(self.runs, self.server_cpu_seconds, strict=True)
        return statistics.median(run.cpu_seconds + server for run, server in pairs)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=1)
    parser.add_argument("--sensors", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--data", type=Path, help="where generated logs are kept (default: in the temporary folder)")
    parser.add_argument("--logs", type=Path, help="a folder of plain logs to load instead of generated ones")
    add_engine_options(parser)
    given = parser.parse_args()
    counts = None if given.logs else _generated(given)
    data = given.logs or _data(given)
    logs = sorted(data.rglob("cowrie.json*"))
    bare: list[float] = []
    found: defaultdict[str, Rounds] = defaultdict(Rounds)
    with databases() as made:
        for _ in range(given.rounds):
            if counts:
                with tempfile.TemporaryDirectory(prefix="cowrie-bulk-") as scratch:
                    bare.append(bare_loop(logs, Path(scratch) / "bare.db"))
            for engine in engines_of(given.engine):
                with made.new(engine) as database:
                    _ingest(data, database, found[engine])
                    found[engine].events = _verify(database, counts)
    sys.exit(_report(logs, counts, bare, found, given.json))


def _data(given: argparse.Namespace) -> Path:
    shape = "" if (given.days, given.sensors) == (1, 2) else f"-{given.days}-days-{given.sensors}-sensors"
    return given.data or Path(tempfile.gettempdir()) / f"cowrie-benchmark-{given.events}{shape}"


def _generated(given: argparse.Namespace) -> Counts:
    return generated(_data(given), events=given.events, days=given.days, sensors=given.sensors)


def _ingest(data: Path, database: Database, rounds: Rounds) -> None:
    program = Path(sys.executable).with_name("cowrie-assets")
    before = database.server_cpu_seconds()
    rounds.runs.append(run_measured([str(program), "ingest", "--mode", "bulk", str(data)], database.environment))
    rounds.server_cpu_seconds.append(database.server_cpu_seconds() - before)
    rounds.sizes.append(database.size_bytes)


def _verify(database: Database, counts: Counts | None) -> int:
    with Warehouse.open(database.url) as warehouse, warehouse.read() as connection:
        if counts is None:
            return int(connection.execute(text(_EVENTS)).scalar_one())
        loaded = tuple(connection.execute(text(_LOADED)).one())
    wanted = (
        *(counts.events, counts.sessions, counts.closed, counts.commands, counts.login_successes),
        *(counts.login_failures, counts.file_downloads, counts.file_uploads),
    )
    if loaded != wanted:
        raise SystemExit(f"loaded {loaded}, but generated {wanted}")
    return counts.events


def _report(
    logs: Sequence[Path], counts: Counts | None, bare: list[float], found: dict[str, Rounds], file: Path | None
) -> int:
    """Print the figures; 1 where a bound is broken."""
    size = sum(log.stat().st_size for log in logs)
    events = next(iter(found.values())).events
    outcome = Outcome(f"{events:,} events, {size / 2**20:,.0f} MiB in {len(logs):,} logs, ingest --mode bulk")
    bare_seconds = statistics.median(bare) if bare else None
    for engine, rounds in found.items():
        outcome.add("seconds", engine, rounds.seconds, "s")
        outcome.add("events a second", engine, events / rounds.seconds)
        if bare_seconds is not None:
            outcome.add("the bare loop", engine, bare_seconds, "s")
            bound = MAX_RATIO if engine == "sqlite" else None
            outcome.add("time / bare loop", engine, rounds.seconds / bare_seconds, bound=bound)
        if "sqlite" in found:
            bound = MAX_RATIO_OF_ENGINES if engine != "sqlite" else None
            outcome.add("time / SQLite's", engine, rounds.seconds / found["sqlite"].seconds, bound=bound)
        outcome.add("processor time of all", engine, rounds.cpu_seconds, "s")
        outcome.add("of the server", engine, statistics.median(rounds.server_cpu_seconds), "s")
        peak = max(run.peak_bytes for run in rounds.runs)
        outcome.add("peak memory of the client", engine, peak / 2**20, "MiB", bound=MAX_MEMORY / 2**20)
        outcome.add("database / logs", engine, max(rounds.sizes) / size, bound=MAX_SIZE)
    details = {engine: asdict(rounds) for engine, rounds in found.items()}
    for each in details.values():
        for run in each["runs"]:
            run.pop("output")
    return outcome.finish(file, {"counts": counts and asdict(counts), "bare_seconds": bare, "rounds": details})


if __name__ == "__main__":
    main()
