"""A long session that grows costs what is new of it, and has the rows of a clean load."""

import random
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from cowrie_assets.summaries import touched
from cowrie_assets.summaries.pending import pending_days
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.loading import is_proven, load_lines

pytestmark = pytest.mark.sqlite_first

KINDS: tuple[dict[str, Any], ...] = (
    {"eventid": "cowrie.session.connect", "src_ip": "192.0.2.7", "protocol": "ssh"},
    {"eventid": "cowrie.session.connect", "src_ip": "198.51.100.7", "protocol": "ssh"},
    {"eventid": "cowrie.client.kex", "hassh": "a" * 32},
    {"eventid": "cowrie.client.kex", "hassh": "b" * 32},
    {"eventid": "cowrie.login.failed", "username": "root", "password": "a"},
    {"eventid": "cowrie.login.failed", "username": "root", "password": "b"},
    {"eventid": "cowrie.login.success", "username": "root", "key": "k"},
    {"eventid": "cowrie.command.input", "input": "uname -a"},
    {"eventid": "cowrie.command.input", "input": "id"},
    {"eventid": "cowrie.session.file_download", "shasum": "ab" * 32, "url": "http://203.0.113.9/x"},
    {"eventid": "cowrie.session.file_download", "shasum": "ab" * 32, "url": "http://203.0.113.9/y"},
    {"eventid": "cowrie.session.file_upload", "shasum": "ab" * 32, "filename": "x"},
    {"eventid": "cowrie.session.file_upload", "shasum": "cd" * 32, "filename": "y"},
    {"eventid": "cowrie.session.closed", "duration_ms": 1500},
)


def line(chance: random.Random, number: int) -> bytes:
    """An event of one of a few sessions, somewhere in two days around a midnight."""
    minute = chance.randrange(4)
    moment = f"2026-08-{28 + minute // 2}T{(23, 0)[minute // 2]:02}:{chance.randrange(60):02}:00Z"
    session = f"{chance.randrange(4):012x}"
    changes = {"timestamp": moment, "session": session, "message": str(number)}
    return events.line(0, **{"src_ip": None, "src_port": None, **chance.choice(KINDS), **changes})


@pytest.mark.parametrize("seed", range(4))
def test_deltas_of_long_sessions_end_as_a_clean_load(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """In any order, over midnight, a day ahead of another: each time all is proven against the events."""
    monkeypatch.setattr(touched, "LONG_SESSION", 1)
    chance = random.Random(seed)
    lines: list[bytes] = []
    for _ in range(12):
        more = [line(chance, len(lines) + number) for number in range(chance.randrange(1, 6))]
        lines += more
        load_lines(warehouse, tmp_path / "logs", *more)
        if chance.random() < 0.4:
            refresh(warehouse, days=[chance.choice(pending_days(warehouse))], whole=chance.random() < 0.3)
        refresh(warehouse)
        assert pending_days(warehouse) == []
        is_proven(warehouse)
    with Warehouse.open(f"sqlite:///{tmp_path / 'clean.db'}") as clean:
        load_lines(clean, tmp_path / "all", *lines)
        refresh(clean)
        assert tables.contents(warehouse) == tables.contents(clean)


def test_what_is_not_spoken_of_is_not_read_again(warehouse: Warehouse, tmp_path: Path) -> None:
    """Of 3,000 logins of a session, two more recompute two; of its day's sightings, only what is new is compared."""
    common = {"session": "a" * 12, "timestamp": "2026-08-31T10:00:00Z", "eventid": "cowrie.login.failed"}
    logins = [events.line(0, **common, username="root", password=f"p{number}") for number in range(3_002)]
    load_lines(warehouse, tmp_path, *logins[:3_000])
    refresh(warehouse)
    load_lines(warehouse, tmp_path, *logins[3_000:])
    rows: dict[str, int] = {}

    def counted(_connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if (
            statement.startswith("CREATE TEMPORARY TABLE fresh")
            and "password_id" in statement.split("FROM", maxsplit=1)[0]
        ):
            cursor.execute("SELECT COUNT(*) FROM fresh")
            rows[statement.split("\n")[1][:40]] = cursor.fetchone()[0]

    event.listen(warehouse._engine, "after_cursor_execute", counted)
    result = refresh(warehouse)
    event.remove(warehouse._engine, "after_cursor_execute", counted)
    assert max(rows.values()) == 2
    assert (result.rows_written, result.rows_removed) == (1 + 2 + 4, 1)
    is_proven(warehouse)
