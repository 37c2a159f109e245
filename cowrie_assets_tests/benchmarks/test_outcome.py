"""A table has a column for each engine, a broken bound is the exit code, and the file names the machine."""

import json
from pathlib import Path

import pytest

from benchmarks.outcome import Outcome


def test_the_table_has_a_column_for_each_engine(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    outcome = Outcome("a load")
    outcome.add("seconds", "sqlite", 1.5, "s", bound=2.0)
    outcome.add("seconds", "postgresql", 1.75, "s", bound=2.0)
    outcome.add("of the server", "postgresql", 1234.5, "s")
    assert outcome.finish(tmp_path / "figures.json", {"rounds": 3}) == 0
    title, heads, seconds, server, line = capsys.readouterr().out.splitlines()
    assert title == "a load"
    assert heads.split() == ["sqlite", "postgresql"]
    assert seconds.split() == ["seconds", "1.50", "s", "1.75", "s", "at", "most", "2"]
    assert server.split() == ["of", "the", "server", "1,234", "s"]
    assert json.loads(line)["rounds"] == 3
    kept = json.loads((tmp_path / "figures.json").read_text())
    assert kept["figures"] == json.loads(line)["figures"]
    assert kept["machine"]["cores"] >= 1
    assert kept["machine"]["packages"]["SQLAlchemy"]


@pytest.mark.parametrize(("value", "at_least", "code"), [(3.0, False, 1), (3.0, True, 0), (1.0, True, 1)])
def test_a_broken_bound_is_the_exit_code(
    value: float, at_least: bool, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = Outcome("a load")
    outcome.add("rate", "sqlite", value, bound=2.0, at_least=at_least)
    assert outcome.finish() == code
    assert ("BROKEN" in capsys.readouterr().out) == bool(code)
