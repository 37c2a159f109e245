"""Verdicts of the tables that revision 0008 had are carried over to those of 0009, and back, on both engines."""

from typing import Any

import pytest
from sqlalchemy import text

from cowrie_assets.warehouse import versions
from cowrie_assets.warehouse.codec import encode_text
from cowrie_assets.warehouse.engine import Warehouse

KNOWN, UNKNOWN, FAILED = "aa" * 32, "bb" * 32, "cc" * 32
FILES = [
    (KNOWN, "enriched", encode_text("a\x00b"), "worse", 1, 5, 6, 50, 70, 7, 100),
    (UNKNOWN, "enriched", None, None, None, None, None, None, None, None, 200),
    (FAILED, "failed", None, None, None, None, None, None, None, None, 300),
    ("dd" * 32, "skipped", None, None, None, None, None, None, None, None, 400),
    ("ee" * 32, "pending", None, None, None, None, None, None, None, None, 500),
]
ADDRESSES = [("192.0.2.1", 1, 100), ("192.0.2.2", 0, 200)]


def select(warehouse: Warehouse, sql: str) -> list[tuple[Any, ...]]:
    with warehouse.read() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


@pytest.fixture
def of_revision_8(warehouse: Warehouse) -> Warehouse:
    versions.downgrade(warehouse, "0008")
    with warehouse.write() as connection:
        marks = ", ".join(f":{n}" for n in range(len(FILES[0])))
        connection.execute(
            text(f"INSERT INTO file_verdicts VALUES ({marks})"),
            [{str(n): value for n, value in enumerate(row)} for row in FILES],
        )
        connection.execute(
            text("INSERT INTO ip_verdicts VALUES (:a, :b, :c)"),
            [dict(zip("abc", row, strict=True)) for row in ADDRESSES],
        )
    return warehouse


def test_what_was_known_is_known(of_revision_8: Warehouse) -> None:
    versions.upgrade(of_revision_8)
    columns = "value, status, malicious, label, positives, total"
    files = f"SELECT {columns} FROM verdicts WHERE provider = 'virustotal' ORDER BY value"
    assert select(of_revision_8, files)[:3] == [
        (KNOWN, "enriched", 1, encode_text("a\x00b"), 50, 70),
        (UNKNOWN, "enriched", None, None, None, None),
        (FAILED, "failed", None, None, None, None),
    ]
    addresses = "SELECT value, kind, malicious FROM verdicts WHERE provider = 'dshield' ORDER BY value"
    assert select(of_revision_8, addresses) == [("192.0.2.1", "address", 1), ("192.0.2.2", "address", 0)]
    assert len(select(of_revision_8, "SELECT 1 FROM verdict_history")) == len(FILES) - 1 + len(ADDRESSES)
    waiting = "SELECT value FROM verdicts WHERE next_attempt_at IS NOT NULL"
    assert select(of_revision_8, waiting) == [("ee" * 32,)]


def test_the_way_back_gives_the_rows_of_before(of_revision_8: Warehouse) -> None:
    versions.upgrade(of_revision_8)
    versions.downgrade(of_revision_8, "0008")
    assert select(of_revision_8, "SELECT * FROM file_verdicts ORDER BY shasum") == FILES
    assert select(of_revision_8, "SELECT * FROM ip_verdicts ORDER BY ip") == ADDRESSES
    assert select(of_revision_8, "SELECT COUNT(*) FROM texts") == [(len(FILES) + len(ADDRESSES),)]
