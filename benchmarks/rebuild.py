"""How fast summaries are made anew and proved: `python -m benchmarks.rebuild`.

Exit code 1 where a rebuild on SQLite makes less than 50,000 events a second, or `validate` less than what 20 million
events in three minutes ask for.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sqlalchemy import text

from benchmarks.engines import add_engine_options, databases, engines_of
from benchmarks.generate import generated
from benchmarks.outcome import Outcome
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.rebuild import rebuild
from cowrie_assets.operations.validate import validate
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.databases import Engine

LEAST_REBUILT = 50_000
"""Events a second."""
LEAST_VALIDATED = 20_000_000 / 180


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=9)
    parser.add_argument("--workers", type=int, default=2, help="days at a time, on PostgreSQL")
    parser.add_argument("--data", type=Path, help="where generated logs are kept (default: in the temporary folder)")
    add_engine_options(parser)
    given = parser.parse_args()
    data = given.data or Path(tempfile.gettempdir()) / f"cowrie-benchmark-{given.events}-{given.days}-days"
    generated(data, events=given.events, days=given.days)
    outcome = Outcome(f"{given.events:,} events of {given.days} days")
    with databases() as made:
        for engine in engines_of(given.engine):
            with made.new(engine) as database:
                settings = replace(Settings(), log_root=data, database_url=database.url)
                workers = 1 if engine == "sqlite" else given.workers
                with Warehouse.open(settings.database_url) as warehouse:
                    ingest(warehouse, settings, mode="bulk")
                    _measure(outcome, engine, warehouse, settings, given.events, workers)
    sys.exit(outcome.finish(given.json))


def _measure(  # noqa: PLR0917
    outcome: Outcome, engine: Engine, warehouse: Warehouse, settings: Settings, events: int, workers: int
) -> None:
    def speed(work: Callable[[], object]) -> float:
        start = time.perf_counter()
        work()
        return events / (time.perf_counter() - start)

    bound = LEAST_REBUILT if engine == "sqlite" else None
    right = speed(lambda: rebuild(warehouse, workers=workers))
    outcome.add("rebuild where all is right", engine, right, "events/s", bound=bound, at_least=True)
    with warehouse.write() as connection:
        connection.execute(text("UPDATE session_facts SET risk_score = risk_score + 101"))
    wrong = speed(lambda: rebuild(warehouse, workers=workers))
    outcome.add("rebuild where each session is wrong", engine, wrong, "events/s", bound=bound, at_least=True)
    bound = LEAST_VALIDATED if engine == "sqlite" else None
    for processes in (1, 2):
        before = _cpu_seconds()
        validated = speed(lambda: _require_right(warehouse, settings, processes))  # noqa: B023  (called at once)
        name = f"validate by {processes}"
        outcome.add(name, engine, validated, "events/s", bound=bound if processes > 1 else None, at_least=True)
        outcome.add(f"  its processor time, by {processes}", engine, _cpu_seconds() - before, "s")


def _cpu_seconds() -> float:
    """Of this process and of its children that have ended."""
    return sum(os.times()[:4])


def _require_right(warehouse: Warehouse, settings: Settings, processes: int) -> None:
    """Raises SystemExit where `validate` finds anything: a wrong database would be measured."""
    found = [result.summary for result in validate(warehouse, settings, workers=processes) if not result.passed]
    if found:
        raise SystemExit("; ".join(found))


if __name__ == "__main__":
    main()
