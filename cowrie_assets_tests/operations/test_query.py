"""SQL over the warehouse and its archive: each event once, times as times, and no way out of it."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from cowrie_assets.archives.places import FolderPlace
from cowrie_assets.operations import query as querying
from cowrie_assets.operations.archive import archive, prune
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.query import TABLES, QueryError, query
from cowrie_assets.operations.seal import seal
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import downloaded_artefacts, downloaded_contents
from cowrie_assets_tests import events, tables

DAY, NEXT = date(2026, 8, 28), date(2026, 8, 29)


@pytest.fixture
def place(tmp_path: Path) -> FolderPlace:
    return FolderPlace(tmp_path / "archive")


@pytest.fixture
def halved(warehouse: Warehouse, place: FolderPlace, tmp_path: Path) -> Warehouse:
    """The events of `DAY` are in the archive, those of `NEXT` in the warehouse."""
    log = tmp_path / "logs" / "hp-test" / "cowrie.json.1"
    log.parent.mkdir(parents=True)
    log.write_bytes(b"".join(events.line(number) + b"\n" for number in range(44)))
    ingest(warehouse, Settings(log_root=tmp_path / "logs"))
    everything = tables.rows(warehouse, "raw_events")
    seal(warehouse, DAY, DAY)
    archive(warehouse, place, None, NEXT)
    prune(warehouse, place, None, NEXT)
    warehouse.everything = everything  # type: ignore[attr-defined]
    return warehouse


def asked(warehouse: Warehouse, place: FolderPlace | None, sql: str) -> list[dict[str, Any]]:
    with query(warehouse, place, sql) as answer:
        assert answer.missing == []
        return [row for batch in answer.batches for row in batch.to_pylist()]


def test_raw_events_are_those_of_the_warehouse_and_of_the_archive(halved: Warehouse, place: FolderPlace) -> None:
    found = asked(halved, place, "SELECT * FROM raw_events")
    assert sorted(map(_plain, found), key=repr) == halved.everything  # type: ignore[attr-defined]
    (joined,) = asked(
        halved,
        place,
        "SELECT count(*) AS events, sum(s.event_count) > 0 AS has_sum, max(hour(event_timestamp)) AS hour "
        "FROM raw_events JOIN session_summaries AS s USING (sensor, session_id)",
    )
    assert (joined["events"], joined["has_sum"]) == (len(found), True)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat(timespec="microseconds") + "Z"
        if isinstance(value, datetime)
        else str(value)
        if isinstance(value, date)
        else value
        for name, value in row.items()
    }


def test_days_of_the_events_can_be_chosen(halved: Warehouse, place: FolderPlace) -> None:
    """A session of `DAY` goes on on `NEXT`: its events there are of `NEXT`, wherever they lie."""
    everything = halved.everything  # type: ignore[attr-defined]
    for start, end in ((DAY, DAY), (NEXT, None), (None, DAY)):
        wanted = [row for row in everything if str(start or "") <= row["event_date"] <= str(end or "9")]
        with query(halved, place, "SELECT * FROM raw_events", start=start, end=end) as answer:
            found = [row for batch in answer.batches for row in batch.to_pylist()]
        assert 0 < len(found) < len(everything)
        assert sorted(map(_plain, found), key=repr) == wanted


def test_what_the_archive_lacks_is_told(halved: Warehouse, place: FolderPlace, tmp_path: Path) -> None:
    for somewhere, told in (
        (None, "COWRIE_ARCHIVE_URL does not name"),
        (FolderPlace(tmp_path / "none"), "is not there"),
    ):
        with query(halved, somewhere, "SELECT count(*) AS n FROM raw_events") as answer:
            assert told in answer.missing[0]
            assert next(answer.batches).to_pylist() == [{"n": 32}]
    assert asked(halved, None, "SELECT count(*) AS n FROM session_summaries")


@pytest.mark.sqlite_first
@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE session_summaries",
        "SELECT 1; SELECT 2",
        "SET enable_external_access = true",
        "COPY (SELECT 1) TO '{file}'",
        "ATTACH '{file}'",
        "INSTALL httpfs",
        "SELECT * FROM read_csv('{log}')",
        "SELECT * FROM read_text('{log}')",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM sniff_csv('{log}')",
        "SELECT * FROM '{archived}'",
        "SELECT * FROM query('SELECT * FROM read_text(''{log}'')')",
        "WITH x AS (SELECT * FROM read_parquet('{archived}')) SELECT * FROM x",
        "SELECT * FROM warehouse",
        "SELECT nothing FROM",
    ],
)
def test_a_query_reads_its_tables_and_nothing_else(
    halved: Warehouse, place: FolderPlace, tmp_path: Path, sql: str
) -> None:
    archived = next(tmp_path.rglob("*.parquet"))
    log = next(tmp_path.rglob("cowrie.json.1"))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(QueryError):
        asked(halved, place, sql.format(file=tmp_path / "out", log=log, folder=tmp_path, archived=archived))
    assert sorted(tmp_path.rglob("*")) == before


def test_numbers_with_decimals_are_numbers(warehouse: Warehouse) -> None:
    """PostgreSQL gives them as decimals."""
    content = {
        **{"shasum_id": 1, "size": 3, "type": "text", "entropy": 1585, "sha1": b"\1" * 20, "md5": b"\2" * 16},
        **{"examined_as": b"", "examined_at": 0},
    }
    artefact = {
        **{"collector": "", "folder": "f", "name": "n", "size": 3, "mtime_ns": 0, "ctime_ns": 0, "inode": 1},
        **{"shasum_id": 1, "seen_at": 0},
    }
    with warehouse.write() as connection:
        connection.execute(downloaded_contents.insert(), content)
        connection.execute(downloaded_artefacts.insert(), artefact)
    assert asked(warehouse, None, "SELECT entropy, md5 FROM downloaded_files") == [{"entropy": 1.585, "md5": "02" * 16}]


def test_types_are_those_of_the_views(warehouse: Warehouse) -> None:
    """PostgreSQL tells the type of each column of a view; SQLite does not."""
    import pyarrow

    kinds: dict[str, Sequence[Any]] = {
        "bool": (),
        "date": (pyarrow.date32(),),
        "float": (pyarrow.float64(),),
        "int": (pyarrow.int64(),),
        "text": (pyarrow.string(),),
        "time": (pyarrow.timestamp("us"),),
    }
    oids = {20: "int", 21: "int", 23: "int", 25: "text", 701: "float", 1700: "float", 1082: "date", 1184: "time"}
    with warehouse.read() as connection:
        for table in TABLES:
            found = connection.execute(text(f"SELECT * FROM {table} LIMIT 0"))
            for column in found.cursor.description:
                expected = querying._type_of(pyarrow, column[0])
                if warehouse.dialect == "postgresql":
                    assert expected in kinds[oids[column[1]]], (table, column[0], column[1])
