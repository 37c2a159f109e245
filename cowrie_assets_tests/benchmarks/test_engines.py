"""Every benchmark takes the same options, and its databases are empty, measured and removed."""

import importlib
import sys
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from benchmarks.engines import Databases as BenchmarkDatabases
from benchmarks.engines import engines_of
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.databases import ENGINES, Databases, Engine

_ON_NO_DATABASE = {"framing", "techniques"}
_ON_POSTGRESQL = {"workers"}
"""Several machines share no SQLite file."""
_TOOLS = {"bare_loop", "generate"}
"""Modules with a command line that measure nothing by themselves."""
_BENCHMARKS = sorted(
    path.stem
    for path in (Path(__file__).parents[2] / "benchmarks").glob("*.py")
    if "\ndef main(" in path.read_text() and path.stem not in _TOOLS
)


@pytest.mark.parametrize("name", _BENCHMARKS)
def test_a_benchmark_takes_the_engine_and_a_file_for_its_figures(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [name, "--help"])
    with pytest.raises(SystemExit) as ended:
        importlib.import_module(f"benchmarks.{name}").main()
    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert "--json FILE" in printed
    assert name in _ON_NO_DATABASE | _ON_POSTGRESQL or "--engine {sqlite,postgresql,both}" in printed


@pytest.mark.parametrize("engine", ENGINES)
def test_a_database_is_empty_at_first_and_grows_with_its_tables(
    engine: Engine, databases: Databases, tmp_path: Path
) -> None:
    with BenchmarkDatabases(tmp_path, databases.postgres).new(engine) as database:
        assert database.size_bytes == 0
        Warehouse.open(database.url).close()
        assert database.size_bytes > 100_000
        assert database.environment["COWRIE_DATABASE_URL"] == database.url
        assert (database.server_cpu_seconds() > 0) == (engine == "postgresql")
    assert not list(tmp_path.iterdir())
    assert make_url(database.url).get_backend_name() == engine


def test_both_engines_are_taken_in_the_same_order() -> None:
    assert engines_of("both") == ("sqlite", "postgresql")
    assert engines_of("postgresql") == ("postgresql",)
