"""`history`: what it tells and what it asks for."""

from pathlib import Path

import pytest

from cowrie_assets_tests.cli.conftest import Cowrie
from cowrie_assets_tests.history.conftest import Recorded, made_instance


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A history of three runs over one day, and one besides."""
    folder = tmp_path / "home"
    with made_instance(folder) as instance:
        for key in ("2026-08-31", "2026-08-31", "2026-08-31", None):
            Recorded(instance).run(key)
    monkeypatch.setenv("DAGSTER_HOME", str(folder))
    return folder


def test_its_size_is_told_by_what_it_holds(cowrie: Cowrie, home: Path) -> None:
    told = cowrie("history", "size")
    assert told.code == 0
    head, *parts = told.out.splitlines()
    assert head.startswith(f"Dagster's history in {home}: ")
    assert head.endswith(", 4 runs")
    assert [part.split("  ")[1] for part in parts] == ["runs", "events", "step logs", "compute logs", "ticks"]


def test_nothing_young_is_removed_and_a_dry_run_says_so(cowrie: Cowrie, home: Path) -> None:
    told = cowrie("history", "prune", "--dry-run")
    assert told.code == 0
    assert told.out.startswith("Older than 7 days and shown nowhere: 0 runs")
    assert told.out.endswith("Nothing was removed.\n")
    assert cowrie("history", "prune", "--days", "30").out.startswith("Removed: 0 runs")


def test_days_are_those_of_the_setting(cowrie: Cowrie, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COWRIE_HISTORY_DAYS", "30")
    assert "Older than 30 days" in cowrie("history", "prune", "--dry-run").out
    monkeypatch.setenv("COWRIE_HISTORY_DAYS", "0")
    refused = cowrie("history", "prune")
    assert refused.code == 1
    assert "COWRIE_HISTORY_DAYS" in refused.err


@pytest.mark.parametrize(("value", "said"), [(None, "DAGSTER_HOME is not set"), ("/no/where", "there is no folder")])
def test_without_a_history_it_says_what_to_do(
    cowrie: Cowrie, monkeypatch: pytest.MonkeyPatch, value: str | None, said: str
) -> None:
    if value is None:
        monkeypatch.delenv("DAGSTER_HOME", raising=False)
    else:
        monkeypatch.setenv("DAGSTER_HOME", value)
    for command in ("size", "prune"):
        told = cowrie("history", command)
        assert (told.code, told.out) == (1, "")
        assert told.err.startswith("Error: ") and said in told.err
