"""`cowrie-assets query` in each format."""

import csv
import io
import subprocess
import sys
from pathlib import Path

from pyarrow import parquet

from cowrie_assets.operations.query import TABLES
from cowrie_assets.warehouse.codec import encode_text
from cowrie_assets_tests.cli.conftest import Cowrie

SQL = (
    "SELECT sensor, count(*) AS sessions, sum(command_count) AS commands FROM session_summaries GROUP BY ALL ORDER BY 1"
)


def test_every_format_gives_the_same_rows(ingested: Cowrie, tmp_path: Path) -> None:
    found = ingested("query", SQL, "--format", "json").json
    rows = [list(row.values()) for row in found["rows"]]
    assert [column["name"] for column in found["columns"]] == ["sensor", "sessions", "commands"]
    assert sum(sessions for _, sessions, _ in rows) == 181
    lines = ingested("query", SQL, "--format", "csv").out
    assert list(csv.reader(io.StringIO(lines)))[1:] == [list(map(str, row)) for row in rows]
    text = ingested("query", SQL).out.splitlines()
    assert [line.split() for line in text[1:]] == [
        [f"{cell:,}" if isinstance(cell, int) else cell for cell in row] for row in rows
    ]
    file = tmp_path / "out.parquet"
    assert ingested("query", SQL, "--format", "parquet", "--output", file).out == ""
    assert [
        [cell if isinstance(cell, str) else int(cell) for cell in row.values()]
        for row in parquet.read_table(file).to_pylist()
    ] == rows
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_cell_is_no_formula_and_steers_no_terminal(ingested: Cowrie) -> None:
    sql = (
        "SELECT '=cmd|''/c calc''!A0' AS \"@name\", '-2+3' AS b, -2 AS c, chr(27) || '[2J' AS d, 'a' AS b, "
        "TIMESTAMP '2026-08-31 01:02:03' AS e"
    )
    (head, row) = csv.reader(io.StringIO(ingested("query", sql, "--format", "csv").out))
    assert head == ["'@name", "b", "c", "d", "b_2", "e"]
    assert row == ["'=cmd|'/c calc'!A0", "'-2+3", "-2", "\x1b[2J", "a", "2026-08-31T01:02:03.000000Z"]
    assert "\x1b" not in ingested("query", sql).out
    shown = ingested("query", sql, "--format", "json")
    assert "\x1b" not in shown.out
    assert shown.json["rows"][0]["d"] == "\x1b[2J"


def test_what_no_database_holds_is_as_it_was_written(ingested: Cowrie) -> None:
    stored = encode_text("=\0\udfff")
    sql = f"SELECT '{stored}' AS a, ['{stored}'] AS b"
    shown = ingested("query", sql, "--format", "json")
    assert r"=\u0000\udfff" in shown.out
    assert shown.json["rows"] == [{"a": "=\0\udfff", "b": ["=\0\udfff"]}]
    assert ingested("query", sql).out.splitlines()[1].split("  ")[0] == r"=\x00\udfff"
    (_, row) = csv.reader(io.StringIO(ingested("query", sql, "--format", "csv").out))
    assert row == [r"'=\x00\udfff", r'["=\u0000\udfff"]']


def test_what_cannot_be_run_is_told_in_a_sentence(ingested: Cowrie) -> None:
    for arguments, told in (
        (("DELETE FROM files",), "a query is one SELECT"),
        (("SELECT nothing FROM files",), "nothing"),
        (("SELECT 1", "--format", "parquet"), "needs --output FILE"),
    ):
        outcome = ingested("query", *arguments)
        assert (outcome.code > 0, told in outcome.err, "Traceback" in outcome.err) == (True, True, False)
    assert ingested("query", "DESCRIBE files").out.splitlines()[1].startswith("sensor")


def test_the_page_names_every_table() -> None:
    page = (Path(__file__).parents[2] / "docs" / "ARCHIVE.md").read_text(encoding="utf-8")
    assert [table for table in TABLES if f"`{table}`" not in page] == []


def test_without_the_extra_it_says_what_to_install(ingested: Cowrie, tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['duckdb'] = None\n"
        "from cowrie_assets.cli.app import run; sys.exit(run(['query', 'SELECT 1']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, "pip install 'cowrie-assets[archive]'" in done.stderr) == (1, True)
