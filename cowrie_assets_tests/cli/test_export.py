"""`cowrie-assets export`: the same rows in each format."""

import csv
import io
import json
from pathlib import Path

import pytest
from pyarrow import parquet

from cowrie_assets.analysis.tables import TABLES
from cowrie_assets.cli.export import export
from cowrie_assets_tests.cli.conftest import Cowrie


def test_every_format_has_the_same_rows(ingested: Cowrie, tmp_path: Path) -> None:
    days = ["--from", "2026-08-30", "--to", "2026-08-31", "--sensor", "hp-fra-01"]
    rows = list(map(json.loads, ingested("export", "commands", *days, "--format", "jsonl").out.splitlines()))
    assert rows
    assert {row["sensor"] for row in rows} == {"hp-fra-01"}
    head, *lines = csv.reader(io.StringIO(ingested("export", "commands", *days).out))
    assert head == list(rows[0])
    unquoted = [[cell[1:] if cell.startswith("'") else cell for cell in line] for line in lines]
    assert unquoted == [["" if value is None else str(value) for value in row.values()] for row in rows]
    file = tmp_path / "commands.parquet"
    assert ingested("export", "commands", *days, "--format", "parquet", "--output", file).code == 0
    read = parquet.read_table(file)
    assert str(read.schema.field("first_seen").type) == "timestamp[us, tz=UTC]"
    found = [{**row, "day": str(row["day"])} for row in read.to_pylist()]
    for row in found:
        for name in ("first_seen", "last_seen"):
            row[name] = row[name].strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert found == rows
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_exported(ingested: Cowrie, tmp_path: Path, name: str) -> None:
    assert name in export.commands
    file = tmp_path / "out.csv"
    assert ingested("export", name, "--output", file).code == 0
    assert file.read_bytes().splitlines()[0].decode().split(",") == [column.name for column in TABLES[name].columns]
    rows = list(csv.reader(io.StringIO(file.read_text().partition("\n")[2])))
    assert bool(rows) == (name not in {"campaigns", "campaign_sessions", "artefacts"})  # none was looked for
    assert {len(row) for row in rows} <= {len(TABLES[name].columns)}


def test_what_cannot_be_done_is_a_sentence(ingested: Cowrie) -> None:
    assert "no log of a sensor 'nowhere' was read" in ingested("export", "logins", "--sensor", "nowhere").err
    assert ingested("export", "logins", "--format", "parquet").code == 2
