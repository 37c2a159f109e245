"""Reports of another version of the document: an earlier one is late and written anew, a later one is left alone."""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from cowrie_assets.publishing import index_definitions
from cowrie_assets.reports.checks import check_reports, check_written_reports
from cowrie_assets.reports.document_version import DOCUMENT_VERSION
from cowrie_assets.reports.files import write_reports
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import reports
from cowrie_assets_tests.reports.facts import Facts, Session
from cowrie_assets_tests.reports.test_document import DAY, LATER, MONDAY
from cowrie_assets_tests.reports.test_staleness import stale

KEYS = {
    1: "f05d0b03069f0abe",
    2: "b826db9f96586dc3",
    3: "df22a22faf0fb7f9",
    4: "f88377fcf4ca5dc1",
    5: "feaffcb608ed9398",
    6: "38689e87fba1fe38",
    7: "bda91425a06958d6",
    8: "a39d1e59f76bb226",
}
"""Digests of the document's keys, by version. A released version's digest never changes."""


def key_paths(mapping: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Every key of a document as a search server knows it; `publishing/test_templates.py` proves that it knows all."""
    for name, below in mapping.get("properties", {}).items():
        yield f"{path}{name}"
        yield from key_paths(below, f"{path}{name}.")


def test_other_keys_are_another_version() -> None:
    keys = "\n".join(sorted(key_paths(index_definitions.mappings("elasticsearch"))))
    assert KEYS.get(DOCUMENT_VERSION) == sha256(keys.encode()).hexdigest()[:16], (
        "the document's keys changed: raise DOCUMENT_VERSION and add the digest of its keys to KEYS"
    )
    assert [*KEYS] == [*range(1, DOCUMENT_VERSION + 1)]


@pytest.fixture
def aggregate(warehouse: Warehouse, report_dir: Path) -> Path:
    """The written report of a day, from which a key was taken."""
    Facts(warehouse).store([Session(MONDAY)])
    write_reports(warehouse, DAY, report_dir, now_us=LATER)
    path = report_dir / "daily" / DAY.label / "aggregate.json"
    document = json.loads(path.read_text())
    del document["heat_map"], document["sessions"]["durations"]
    path.write_text(json.dumps(document))
    return path


def as_version(warehouse: Warehouse, version: int) -> None:
    with warehouse.write() as connection:
        connection.execute(update(reports).values(document_version=version))


def wrong(warehouse: Warehouse, report_dir: Path) -> int:
    """What the checks find in the files."""
    results = check_written_reports(warehouse, report_dir) + check_reports(warehouse, report_dir=report_dir)
    return sum(result.differences for result in results)


def test_a_report_of_an_earlier_version_is_late_and_written_anew(warehouse, report_dir, aggregate) -> None:
    assert wrong(warehouse, report_dir) > 0, "as this version it is wrong"
    as_version(warehouse, 0)
    assert wrong(warehouse, report_dir) == 0
    assert stale(warehouse) == [DAY.label]
    write_reports(warehouse, DAY, report_dir, now_us=LATER)
    assert stale(warehouse) == []
    assert "heat_map" in json.loads(aggregate.read_text())
    assert wrong(warehouse, report_dir) == 0


def test_a_report_of_a_later_version_is_neither_stale_nor_wrong(warehouse, report_dir, aggregate) -> None:
    as_version(warehouse, DOCUMENT_VERSION + 1)
    assert stale(warehouse) == []
    assert wrong(warehouse, report_dir) == 0
