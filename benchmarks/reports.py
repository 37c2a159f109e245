"""Reports against their bounds: of a day, of 180 days in one command, of a month: `python -m benchmarks.reports`.

Exit code 1 where a bound is broken. What is not measured (loading, copying) is done before.
"""

import argparse
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import text

from benchmarks.engines import Databases, add_engine_options, databases, engines_of
from benchmarks.generate import generated
from benchmarks.month import copy_day
from benchmarks.outcome import Outcome
from cowrie_assets.clock import day_number, now_us
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.reports.document import build_report
from cowrie_assets.reports.files import write_reports
from cowrie_assets.reports.memo import Memo
from cowrie_assets.reports.periods import Period, period_of, periods_between
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.cpu_time import slowness
from cowrie_assets_tests.databases import Engine

DAY = date(2026, 8, 1)
SLOWNESS = max(1.0, slowness())
"""By so much bounds are moved: they are those of the machine that the tests' bounds were set on."""
MAX_SECONDS = {"all reports of a day": 5.0, "a daily document": 2.0, "a monthly document": 60.0}
"""On that machine."""
MIN_REPORTS_PER_SECOND = 20.0
"""On that machine."""
MAX_RSS_MIB = 512.0
_MONTH_DAYS = 30


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--events", type=int, default=1_000_000, help="of the day, and of each day of the month")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--daily-reports", type=int, help="the daily reports of so many days in one command instead")
    parser.add_argument("--events-per-day", type=int, default=10_000, help="with --daily-reports")
    parser.add_argument("--month", action="store_true", help="the report of 30 such days instead")
    parser.add_argument("--data", type=Path, help="where generated logs are kept (default: in the temporary folder)")
    parser.add_argument("--database", help="URL of the database that is kept, to be taken again; with one --engine")
    add_engine_options(parser)
    given = parser.parse_args()
    days = given.daily_reports or 1
    outcome = Outcome(f"reports, bounds for a machine {SLOWNESS:.2f} times as slow as that of the tests")
    with databases() as made:
        for engine in engines_of(given.engine):
            with _loaded(given, made, engine) as warehouse:
                if given.daily_reports:
                    _daily_reports(warehouse, days, outcome)
                elif given.month:
                    _month(warehouse, outcome)
                else:
                    _day(warehouse, given.rounds, outcome)
    sys.exit(outcome.finish(given.json))


def _day(warehouse: Warehouse, rounds: int, outcome: Outcome) -> None:
    with tempfile.TemporaryDirectory(prefix="cowrie-reports-") as folder:
        day = period_of("daily", DAY)
        documents = [_seconds_of_document(warehouse, day) for _ in range(rounds)]
        writes = [_seconds_of_writing(warehouse, day, Path(folder) / str(number)) for number in range(rounds)]
    _add(outcome, warehouse, "a daily document", statistics.median(documents))
    _add(outcome, warehouse, "all reports of a day", statistics.median(writes))


def _month(warehouse: Warehouse, outcome: Outcome) -> None:
    """The peak of memory is this process's own, so it is the greatest so far where both engines are asked for."""
    _add(outcome, warehouse, "a monthly document", _seconds_of_document(warehouse, period_of("monthly", DAY)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    last = period_of("daily", DAY + timedelta(days=_MONTH_DAYS - 1))
    _add(outcome, warehouse, "a daily document", _seconds_of_document(warehouse, last))
    outcome.add("memory", warehouse.dialect, peak, "MiB", bound=MAX_RSS_MIB)


def _daily_reports(warehouse: Warehouse, days: int, outcome: Outcome) -> None:
    """The aggregate's reports, JSON and text, in one go."""
    periods = periods_between(period_of("daily", DAY), period_of("daily", DAY + timedelta(days=days - 1)))
    memo = Memo()
    with tempfile.TemporaryDirectory(prefix="cowrie-reports-") as folder:
        start, cpu = time.perf_counter(), time.process_time()
        for period in periods:
            write_reports(warehouse, period, Path(folder), sensors=[None], formats=("json", "text"), memo=memo)
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    bound = MIN_REPORTS_PER_SECOND / SLOWNESS
    what = f"{days} daily reports"
    outcome.add(f"{what}, a second", warehouse.dialect, days / seconds, bound=bound, at_least=True)
    outcome.add(f"{what}, client's CPU each", warehouse.dialect, 1000 * cpu / days, "ms")


def _seconds_of_document(warehouse: Warehouse, period: Period) -> float:
    start = time.perf_counter()
    with warehouse.read() as connection:
        document = build_report(connection, period, None, now_us=now_us())
    seconds = time.perf_counter() - start
    print(f"{period.label}: {document['sessions']['total']:,} sessions, {seconds:.2f} s")
    return seconds


def _seconds_of_writing(warehouse: Warehouse, period: Period, folder: Path) -> float:
    start = time.perf_counter()
    write_reports(warehouse, period, folder)
    return time.perf_counter() - start


def _add(outcome: Outcome, warehouse: Warehouse, what: str, seconds: float) -> None:
    outcome.add(what, warehouse.dialect, seconds, "s", bound=MAX_SECONDS[what] * SLOWNESS)


@contextmanager
def _loaded(given: argparse.Namespace, made: Databases, engine: Engine) -> Iterator[Warehouse]:
    days = given.daily_reports or 1
    events = given.events_per_day * days if given.daily_reports else given.events
    with ExitStack() as stack:
        url = given.database or stack.enter_context(made.new(engine)).url
        settings = replace(Settings(), database_url=url)
        with Warehouse.open(settings.database_url) as warehouse:
            with warehouse.read() as connection:
                empty = connection.execute(text("SELECT 1 FROM logs LIMIT 1")).scalar() is None
            if empty:
                logs = given.data or Path(tempfile.gettempdir()) / f"cowrie-benchmark-{events}-{days}"
                generated(logs, events=events, days=days, start=DAY)
                ingest(warehouse, settings, mode="bulk", paths=[logs])
            if empty and given.month:
                copy_day(warehouse, day_number(DAY), _MONTH_DAYS)
            yield warehouse


if __name__ == "__main__":
    main()
