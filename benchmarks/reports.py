"""Reports against their bounds: of a day, of 180 days in one command, of a month: `python -m benchmarks.reports`.

Exit code 1 where a bound is broken. What is not measured (loading, copying) is done before, into a SQLite file.
"""

import argparse
import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from benchmarks.generate import generated
from benchmarks.month import copy_day
from cowrie_assets.clock import day_number, now_us
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.reports.document import build_report
from cowrie_assets.reports.files import write_reports
from cowrie_assets.reports.memo import Memo
from cowrie_assets.reports.periods import Period, period_of, periods_between
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.cpu_time import slowness

DAY = date(2026, 8, 1)
SLOWNESS = max(1.0, slowness())
"""By so much bounds are moved: they are those of the machine that the tests' bounds were set on."""
MAX_SECONDS = {"all reports of a day": 5.0, "a daily document": 2.0, "a monthly document": 60.0}
"""On that machine."""
MIN_REPORTS_PER_SECOND = 20.0
"""On that machine."""
MAX_RSS_MIB = 512.0
_MONTH_DAYS = 30

Figures = dict[str, float]
"""What was measured, by name."""


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--events", type=int, default=1_000_000, help="of the day, and of each day of the month")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--daily-reports", type=int, help="the daily reports of so many days in one command instead")
    parser.add_argument("--events-per-day", type=int, default=10_000, help="with --daily-reports")
    parser.add_argument("--month", action="store_true", help="the report of 30 such days instead")
    parser.add_argument("--data", type=Path, help="where generated logs are kept (default: in the temporary folder)")
    parser.add_argument("--database", type=Path, help="where the database is kept, to be taken again")
    given = parser.parse_args()
    days = given.daily_reports or 1
    events = given.events_per_day * days if given.daily_reports else given.events
    with _loaded(given.data, given.database, events=events, days=days, month=given.month) as warehouse:
        if given.daily_reports:
            broken = _daily_reports(warehouse, days)
        elif given.month:
            broken = _month(warehouse)
        else:
            broken = _day(warehouse, given.rounds)
    sys.exit(int(broken))


def _day(warehouse: Warehouse, rounds: int) -> bool:
    with tempfile.TemporaryDirectory(prefix="cowrie-reports-") as folder:
        day = period_of("daily", DAY)
        documents = [_seconds_of_document(warehouse, day) for _ in range(rounds)]
        writes = [_seconds_of_writing(warehouse, day, Path(folder) / str(number)) for number in range(rounds)]
    return _judged(
        {"a daily document": statistics.median(documents), "all reports of a day": statistics.median(writes)}
    )


def _month(warehouse: Warehouse) -> bool:
    month = _seconds_of_document(warehouse, period_of("monthly", DAY))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    last = period_of("daily", DAY + timedelta(days=_MONTH_DAYS - 1))
    figures = {"a monthly document": month, "a daily document": _seconds_of_document(warehouse, last)}
    return _judged(figures) | _judged_memory(peak)


def _daily_reports(warehouse: Warehouse, days: int) -> bool:
    """The aggregate's reports, JSON and text, in one go."""
    periods = periods_between(period_of("daily", DAY), period_of("daily", DAY + timedelta(days=days - 1)))
    memo = Memo()
    with tempfile.TemporaryDirectory(prefix="cowrie-reports-") as folder:
        start, cpu = time.perf_counter(), time.process_time()
        for period in periods:
            write_reports(warehouse, period, Path(folder), sensors=[None], formats=("json", "text"), memo=memo)
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    rate = days / seconds
    bound = MIN_REPORTS_PER_SECOND / SLOWNESS
    broken = rate < bound
    print(f"{days} daily reports of the aggregate, JSON and text")
    print(f"  a second {rate:8.1f}    {bound:.3g} or more{'   BROKEN' if broken else ''}")
    print(f"  CPU ms each {1000 * cpu / days:5.1f}")
    print(json.dumps({"reports": days, "seconds": seconds, "cpu_seconds": cpu}))
    return broken


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


def _judged(figures: Figures) -> bool:
    bounds = {name: MAX_SECONDS[name] * SLOWNESS for name in figures}
    for name, seconds in figures.items():
        flag = "   BROKEN" if seconds >= bounds[name] else ""
        print(f"  {name:22} {seconds:8.2f} s    less than {bounds[name]:.3g}{flag}")
    print(json.dumps(figures | {"slowness": SLOWNESS}))
    return any(seconds >= bounds[name] for name, seconds in figures.items())


def _judged_memory(mebibytes: float) -> bool:
    broken = mebibytes >= MAX_RSS_MIB
    print(f"  {'memory':22} {mebibytes:8.0f} MiB  less than {MAX_RSS_MIB:g}{'   BROKEN' if broken else ''}")
    return broken


@contextmanager
def _loaded(data: Path | None, database: Path | None, *, events: int, days: int, month: bool) -> Iterator[Warehouse]:
    with tempfile.TemporaryDirectory(prefix="cowrie-reports-") as scratch:
        path = database or Path(scratch) / "warehouse.db"
        settings = replace(Settings(), database_url=f"sqlite:///{path}")
        empty = not path.exists()
        with Warehouse.open(settings.database_url) as warehouse:
            if empty:
                logs = data or Path(tempfile.gettempdir()) / f"cowrie-benchmark-{events}-{days}"
                generated(logs, events=events, days=days, start=DAY)
                ingest(warehouse, settings, mode="bulk", paths=[logs])
            if empty and month:
                copy_day(warehouse, day_number(DAY), _MONTH_DAYS)
            yield warehouse


if __name__ == "__main__":
    main()
