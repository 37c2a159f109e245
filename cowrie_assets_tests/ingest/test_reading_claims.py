"""Loads beside each other on PostgreSQL read each log once; on SQLite there is one at a time."""

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import text

from cowrie_assets.ingest.load import load
from cowrie_assets.ingest.load_result import LoadResult
from cowrie_assets.ingest.reading_claims import ReadingClaims
from cowrie_assets.operations.logs import find_logs
from cowrie_assets.progress import Progress
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.write_scope import Space
from cowrie_assets_tests import events
from cowrie_assets_tests.databases import Databases

_LOGS, _LINES = 6, 400


@pytest.fixture
def settings(databases: Databases, tmp_path: Path) -> Settings:
    """Logs that are loaded one by one, in many steps."""
    for log in range(_LOGS):
        lines = [events.line(log * _LINES + number, sensor=f"hp-{log % 2}") for number in range(_LINES)]
        (tmp_path / f"cowrie.json.{log + 1}").write_bytes(b"".join(line + b"\n" for line in lines))
    return Settings(log_root=tmp_path, database_url=databases.postgres.new(), batch_events=50)


def test_loads_beside_each_other_read_each_log_once(settings: Settings) -> None:
    logs = list(find_logs(settings).logs)
    both_read_one = Barrier(2, timeout=120)

    def loaded(seed: int) -> LoadResult:
        order = logs.copy()
        random.Random(seed).shuffle(order)
        told: list[Progress] = []

        def tell(progress: Progress) -> None:
            told.append(progress)
            if len(told) == 1:
                both_read_one.wait()

        with Warehouse.open(settings.database_url) as warehouse:
            return load(warehouse, settings, logs=order, progress=tell)

    with ThreadPoolExecutor(2) as loads:
        results = list(loads.map(loaded, (1, 2)))
    assert sum(result.logs for result in results) == _LOGS
    assert sum(result.unchanged for result in results) == _LOGS
    assert sum(result.events for result in results) == _LOGS * _LINES
    assert sum(result.bytes for result in results) == sum(log.path.stat().st_size for log in logs)
    assert all(result.logs for result in results), "each held its first log until the other had one"


def test_a_claim_ends_with_its_load(settings: Settings) -> None:
    first, second = find_logs(settings).logs[:2]
    with Warehouse.open(settings.database_url) as one, Warehouse.open(settings.database_url) as other:
        mine, theirs = ReadingClaims(one, 5), ReadingClaims(other, 0)
        assert mine.take([first, second]) == {first, second}
        assert mine.take([first]) == {first}, "it is held once"
        assert theirs.take([first, second]) == set()
        theirs.wait_for(first)  # gives up
        mine.release([first])
        assert theirs.take([first, second]) == {first}
        mine.close()
        assert theirs.take([second]) == {second}
        theirs.close()
        with one.read() as connection:
            held = (  # other databases of the server have their own
                "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = :space "
                "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
            assert connection.execute(text(held), {"space": int(Space.READING)}).scalar_one() == 0
