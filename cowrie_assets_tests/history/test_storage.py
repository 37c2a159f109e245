"""The statements name tables and columns of Dagster's that it may change: each is planned on its real tables."""

import re
from datetime import datetime

import pytest
from sqlalchemy import TIMESTAMP, bindparam, text

from cowrie_assets.history.errors import HistoryError
from cowrie_assets.history.measure import measure
from cowrie_assets.history.storage import events_of, open_history, runs_of
from cowrie_assets.warehouse.sql import SQL_ROOT, source
from cowrie_assets_tests.history.conftest import Recorded

_LISTS = {"run_ids": ["a"], "asset_keys": ["a"], "ids": [1], "names": ["runs"]}
_BINDS = {
    "version_tag": "v",
    "dagster_event_type": "x",
    "id": 1,
    "after": 0,
    "most": 1,
    "before": datetime(2026, 8, 31),
}
_NAMES = sorted(path.stem for path in (SQL_ROOT / "history").glob("*.sql"))


@pytest.mark.parametrize("name", _NAMES)
def test_each_statement_fits_dagsters_tables(recorded_anywhere: Recorded, name: str) -> None:
    sql = source(f"history/{name}")
    binds = {bind: value for bind, value in (_LISTS | _BINDS).items() if re.search(rf":{bind}\b", sql)}
    lists = [bindparam(each, expanding=True) for each in _LISTS if each in binds]
    times = [bindparam("before", type_=TIMESTAMP())] if "before" in binds else []
    instance = recorded_anywhere.instance
    storage = runs_of(instance).connect() if "run_tags" in sql else events_of(instance).index_connection()
    with storage as connection:
        if "pg_class" in sql and connection.dialect.name != "postgresql":
            pytest.skip("a statement of PostgreSQL alone")
        connection.execute(text(f"EXPLAIN {sql}").bindparams(*lists, *times), binds)


def test_its_size_is_known_on_each_engine(recorded_anywhere: Recorded) -> None:
    before = measure(recorded_anywhere.instance)
    for _ in range(10):
        recorded_anywhere.run("2026-08-31")
    after = measure(recorded_anywhere.instance)
    assert after.events > before.events > 0
    assert after.total > before.total
    assert before.runs > 0 and before.ticks > 0


def test_events_that_are_in_no_database_are_refused(tmp_path) -> None:
    import dagster as dg

    class Elsewhere:
        event_log_storage = run_storage = object()

    for look in (events_of, runs_of):
        with pytest.raises(HistoryError, match="object, which is no SQLite or PostgreSQL"):
            look(Elsewhere())
    with dg.DagsterInstance.ephemeral() as instance:
        assert events_of(instance)
    with pytest.raises(HistoryError, match="there is no folder"), open_history(str(tmp_path / "no")):
        pass
