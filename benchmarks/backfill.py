"""A backfill through Dagster against the command line's: `python -m benchmarks.backfill`. Exit code 1 above 1.3 times.

`cowrie-assets backfill` and then a backfill of all assets, launched in a real `dagster dev`, bring the same days from
logs to reports, each into a database of its own. Counted for Dagster is what its runs took together, each from its
recorded start to its recorded end; what the daemon waits, and a run's start of Python, are not.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

from sqlalchemy import text

from benchmarks.engines import Database, add_engine_options, databases, engines_of
from benchmarks.generate import generated
from benchmarks.outcome import Outcome
from benchmarks.process_memory import run_measured
from cowrie_assets.operations.backfill import periods_of
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.ui.dev import Dev, environment_of, running, wait_until

MAX_RATIO = 1.3
FIRST = date(2026, 8, 1)
DAILY = ("raw_events", "session_summaries", "command_stats", "login_stats", "files", "daily_report")
_PATIENCE = 2 * 3600.0
"""Seconds after which a backfill is given up."""

_AUTOMATION = """{ repositoryOrError(repositorySelector: {
  repositoryName: "__repository__", repositoryLocationName: "cowrie_assets"
}) { ... on Repository { sensors { id } schedules { id } } } }"""
_STOP_SENSOR = "mutation($id: String!) { stopSensor(id: $id) { __typename } }"
_STOP_SCHEDULE = "mutation($id: String!) { stopRunningSchedule(id: $id) { __typename } }"
_LAUNCH = """mutation($wanted: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $wanted) {
  __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }"""
_BACKFILL = """query($id: String!) { partitionBackfillOrError(backfillId: $id) { ... on PartitionBackfill {
  status runs(limit: 100) { id status startTime endTime stepStats { stepKey startTime endTime } } } } }"""
_WORK = """
SELECT (SELECT COUNT(*) FROM raw_events), (SELECT COUNT(*) FROM session_summaries),
       (SELECT COUNT(*) FROM command_stats), (SELECT COUNT(*) FROM login_stats), (SELECT COUNT(*) FROM files)
"""


@dataclass(frozen=True, slots=True)
class DagsterTime:
    """Seconds: of each run, of each step of them, and from the launch to the end as a user waits for it."""

    runs: list[float]
    steps: dict[str, float]
    wall: float


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--events-per-day", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--data", type=Path, help="where generated logs are kept (default: in the temporary folder)")
    add_engine_options(parser, default="sqlite")
    given = parser.parse_args()
    data = given.data or Path(tempfile.gettempdir()) / f"cowrie-benchmark-{given.days}-days-{given.events_per_day}"
    generated(data, events=given.events_per_day * given.days, days=given.days, start=FIRST)
    days = [FIRST + timedelta(days=number) for number in range(given.days)]
    found: dict[str, tuple[float, DagsterTime]] = {}
    with databases() as made:
        for engine in engines_of(given.engine):
            with (
                tempfile.TemporaryDirectory(prefix="cowrie-backfill-") as scratch,
                made.new(engine) as of_command,
                made.new(engine) as of_dagster,
            ):
                by_command, by_dagster = Path(scratch) / "command", Path(scratch) / "dagster"
                for folder in (by_command, by_dagster):
                    folder.mkdir()
                command = _command_line(data, days, by_command, of_command)
                found[engine] = command, _dagster(data, days, by_dagster, of_dagster)
                _verify((by_command, of_command), (by_dagster, of_dagster))
    sys.exit(_report(given, found))


def _command_line(data: Path, days: Sequence[date], folder: Path, database: Database) -> float:
    """Seconds of `cowrie-assets backfill` into a new database."""
    environment = environment_of(folder, COWRIE_LOG_ROOT=str(data), COWRIE_DATABASE_URL=database.url)
    program = Path(sys.executable).with_name("cowrie-assets")
    return run_measured([str(program), "backfill", str(days[0]), str(days[-1])], environment).seconds


def _dagster(data: Path, days: Sequence[date], folder: Path, database: Database) -> DagsterTime:
    """The same work by a backfill in `dagster dev`; the logs appear when nothing but the backfill can read them."""
    with running(folder, COWRIE_DATABASE_URL=database.url) as dev:
        stop_automation(dev)
        dev.logs.rmdir()  # links below the log root that lead out of it are passed over, so it is one itself
        dev.logs.symlink_to(data.absolute())
        return _backfill(dev, days)


def stop_automation(dev: Dev) -> None:
    """Let nothing begin by itself."""
    automation = dev.ask(_AUTOMATION)["repositoryOrError"]
    for sensor in automation["sensors"]:
        dev.ask(_STOP_SENSOR, id=sensor["id"])
    for schedule in automation["schedules"]:
        dev.ask(_STOP_SCHEDULE, id=schedule["id"])


def _backfill(dev: Dev, days: Sequence[date]) -> DagsterTime:
    start = time.perf_counter()
    launched = dev.ask(_LAUNCH, wanted={"partitionsByAssets": _wanted(days)})["launchPartitionBackfill"]
    if launched["__typename"] != "LaunchBackfillSuccess":
        raise SystemExit(f"Dagster refused the backfill: {launched}")

    def ended() -> dict[str, object] | None:
        backfill = dev.ask(_BACKFILL, id=launched["backfillId"])["partitionBackfillOrError"]
        return backfill if backfill["status"].startswith(("COMPLETED", "FAILED", "CANCELED")) else None

    backfill = wait_until(ended, _PATIENCE, dev.last_words)
    wall = time.perf_counter() - start
    if backfill["status"] != "COMPLETED_SUCCESS":
        raise SystemExit(f"the backfill ended as {backfill['status']}:\n{dev.last_words()}")
    runs = sorted(backfill["runs"], key=lambda run: run["startTime"])
    steps = {step["stepKey"]: step["endTime"] - step["startTime"] for run in runs for step in run["stepStats"]}
    return DagsterTime([run["endTime"] - run["startTime"] for run in runs], steps, wall)


def _wanted(days: Sequence[date]) -> list[dict[str, object]]:
    """The partitions of each asset that hold what `cowrie-assets backfill` makes of `days`; keys are first days."""
    wanted: list[dict[str, object]] = []
    for report_type, periods in groupby(periods_of(days), key=lambda period: period.report_type):
        keys = [period.start.isoformat() for period in periods]
        for asset in DAILY if report_type == "daily" else (f"{report_type}_report",):
            partitions = {"range": {"start": keys[0], "end": keys[-1]}}
            wanted.append({"assetKey": {"path": [asset]}, "partitions": partitions})
    return wanted


def _verify(*places: tuple[Path, Database]) -> None:
    """Stop where the two did not come to the same number of rows and the same files of reports."""
    done = []
    for folder, database in places:
        with Warehouse.open(database.url) as warehouse, warehouse.read() as connection:
            rows = tuple(connection.execute(text(_WORK)).one())
        reports = folder / "reports"
        done.append((rows, {str(path.relative_to(reports)) for path in reports.rglob("*.*")}))
    (rows, reports_made), (dagsters_rows, dagsters_reports) = done
    if rows != dagsters_rows:
        raise SystemExit(f"the command line made {rows} rows, but Dagster {dagsters_rows}")
    if other := sorted(reports_made ^ dagsters_reports):
        raise SystemExit(f"{len(other):,} files of reports were made by one of the two only, such as {other[0]}")


def _report(given: argparse.Namespace, found: dict[str, tuple[float, DagsterTime]]) -> int:
    """Print the figures; 1 where the bound is broken."""
    outcome = Outcome(f"{given.days} days of {given.events_per_day:,} events, from logs to reports")
    details = {}
    for engine, (command, dagster) in found.items():
        outcome.add("cowrie-assets backfill", engine, command, "s")
        outcome.add("Dagster's runs together", engine, sum(dagster.runs), "s")
        outcome.add("launched to ended in Dagster", engine, dagster.wall, "s")
        outcome.add("runs / command line", engine, sum(dagster.runs) / command, bound=MAX_RATIO)
        details[engine] = {
            "run_seconds": [round(seconds, 3) for seconds in dagster.runs],
            "step_seconds": {step: round(seconds, 3) for step, seconds in dagster.steps.items()},
        }
    return outcome.finish(given.json, details)


if __name__ == "__main__":
    main()
