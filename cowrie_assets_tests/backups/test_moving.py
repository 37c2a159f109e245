"""A warehouse moved from one engine to the other and back: every row of every table, and what goes on there."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from cowrie_assets.backups import moving
from cowrie_assets.backups.moving import MoveError, MoveResult, move
from cowrie_assets.campaigns.update import update_campaigns
from cowrie_assets.enrichment.answers import Answer, Kind, Said, Status
from cowrie_assets.enrichment.verdicts import record
from cowrie_assets.progress import ProgressSink, silent
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.warehouse import versions
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.errors import WarehouseBusyError, WarehouseError
from cowrie_assets.warehouse.write_scope import ROWS
from cowrie_assets_tests.events import HOSTILE, line
from cowrie_assets_tests.loading import Snapshot, is_proven, load_lines, snapshot


def fill(url: str, root: Path) -> None:
    """Events of two years, hostile texts, dead letters, summaries, a verdict, campaigns."""
    lines = [line(number) for number in range(40)]
    lines += [line(3, input=text_, timestamp=f"2025-01-0{n + 1}T00:00:00Z") for n, text_ in enumerate(HOSTILE.values())]
    with Warehouse.open(url) as warehouse:
        load_lines(warehouse, root, *lines, b"no event", b'{"eventid":"x"}')
        refresh(warehouse)
        answer = Answer(Kind.FILE, "ab" * 32, "virustotal", Status.ENRICHED, 1, Said(label="x", data={"a": "é"}))
        warehouse.run(lambda connection: record(connection, [answer], now_us=1), of=ROWS)
        update_campaigns(warehouse)


def rows_of(url: str) -> Snapshot:
    with Warehouse.open(url) as warehouse:
        return {name: sorted(rows, key=repr) for name, rows in snapshot(warehouse).items()}


def moved(source: str, target: str, progress: ProgressSink = silent, **options: Any) -> MoveResult:
    return move(source, make_url(target), progress=progress, longest_wait=1.0, **options)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'here.db'}"


def test_there_and_back(sqlite_url: str, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "_MOST_ROWS", 7)
    fill(sqlite_url, tmp_path / "logs")
    before = rows_of(sqlite_url)
    result = moved(sqlite_url, postgres_url)
    assert rows_of(postgres_url) == before
    assert result.rows == {name: len(rows) for name, rows in before.items()}
    again = moved(sqlite_url, postgres_url)
    assert (again.rows, again.found) == (result.rows, sum(result.rows.values())), "it is compared, and all there"
    with Warehouse.open(postgres_url) as warehouse:
        loaded = load_lines(warehouse, tmp_path / "more", line(1), *(line(number) for number in range(40, 60)))
        assert (loaded.events, loaded.duplicates) == (20, 1)
        refresh(warehouse)
        is_proven(warehouse)
    now = rows_of(postgres_url)
    back = f"sqlite:///{tmp_path / 'back.db'}"
    moved(postgres_url, back)
    assert rows_of(back) == now
    with Warehouse.open(back) as warehouse:
        assert load_lines(warehouse, tmp_path / "yet more", line(60)).events == 1
        refresh(warehouse)
        is_proven(warehouse)
    with pytest.raises(MoveError, match=r"other rows of \w+: --overwrite"):
        moved(postgres_url, sqlite_url)
    with pytest.raises(MoveError, match="--overwrite"):  # also where the former place is a part of what is there now
        moved(sqlite_url, postgres_url)
    again = moved(postgres_url, sqlite_url, overwrite=True)
    assert rows_of(sqlite_url) == now
    assert 0 < again.found < sum(again.rows.values()), "what is there is not written again"


def test_a_move_that_was_stopped_goes_on(
    sqlite_url: str, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "_MOST_ROWS", 11)
    fill(sqlite_url, tmp_path / "logs")
    insert_rows = moving.insert_rows
    steps = 0

    def stops(*arguments: Any) -> None:
        nonlocal steps
        steps += 1
        insert_rows(*arguments)
        if steps % 9 == 0:
            raise InterruptedError

    monkeypatch.setattr(moving, "insert_rows", stops)
    with pytest.raises(InterruptedError):
        moved(sqlite_url, postgres_url)
    with pytest.raises(WarehouseError, match="not whole"):
        Warehouse.open(postgres_url)
    with Warehouse.open(sqlite_url) as warehouse:  # and the source is free again
        load_lines(warehouse, tmp_path / "logs", *(line(number) for number in range(70, 75)))
    for _ in range(50):
        try:
            found = moved(sqlite_url, postgres_url).found
        except InterruptedError:
            continue
        break
    assert found
    assert rows_of(postgres_url) == rows_of(sqlite_url)


def test_nobody_writes_meanwhile(sqlite_url: str, postgres_url: str, tmp_path: Path) -> None:
    fill(sqlite_url, tmp_path / "logs")
    refused = []

    def writes(_: object) -> None:
        if refused:
            return
        with Warehouse.open(sqlite_url, longest_wait=0.1) as warehouse:
            with pytest.raises(WarehouseBusyError):
                load_lines(warehouse, tmp_path / "late", line(90))
            refused.append(True)

    moved(sqlite_url, postgres_url, writes)
    assert refused
    assert rows_of(postgres_url) == rows_of(sqlite_url)


def test_rows_that_come_back_otherwise_are_told(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(sqlite_url, tmp_path / "logs")
    insert_rows = moving.insert_rows

    def spoils(connection: Any, table: str, *arguments: Any) -> None:
        insert_rows(connection, table, *arguments)
        if table == "texts":
            connection.execute(text("UPDATE texts SET text = text || ' ' WHERE id = (SELECT MAX(id) FROM texts)"))

    monkeypatch.setattr(moving, "insert_rows", spoils)
    with pytest.raises(MoveError, match="texts do not come back"):
        moved(sqlite_url, f"sqlite:///{tmp_path / 'there.db'}")


def test_what_would_be_lost_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    fill(sqlite_url, tmp_path / "logs")
    other = f"sqlite:///{tmp_path / 'other.db'}"
    fill(other, tmp_path / "others")
    with pytest.raises(MoveError, match="another warehouse"):
        moved(sqlite_url, other, overwrite=True)
    with pytest.raises(MoveError, match="itself"):
        moved(sqlite_url, f"sqlite:///{tmp_path}/./here.db")
    part = f"sqlite:///{tmp_path / 'part.db'}"
    with Warehouse.open(part) as warehouse, warehouse.write() as connection:
        versions.begin_move(connection)
    with pytest.raises(MoveError, match="a part of another"):
        moved(sqlite_url, part)
