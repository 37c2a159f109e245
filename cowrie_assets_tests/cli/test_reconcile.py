"""`cowrie-assets reconcile`, with a Dagster whose folder it is given."""

from pathlib import Path

import dagster as dg
import pytest


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "dagster_home"
    folder.mkdir()
    (folder / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    monkeypatch.setenv("DAGSTER_HOME", str(folder))
    return folder


def test_what_the_command_line_did_is_told_once(cowrie, home: Path) -> None:
    assert cowrie("ingest").code == 0
    assert cowrie("backfill", "2026-08-30", "2026-08-31").code == 0
    first = cowrie("reconcile")
    assert first.code == 0
    assert first.out == "40 partitions and 23 checks recorded in Dagster.\n"
    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert "2026-08-31" in instance.get_materialized_partitions(dg.AssetKey("daily_report"))
        assert len(instance.get_materialized_partitions(dg.AssetKey("raw_events"))) == 5
    second = cowrie("reconcile")
    assert (second.code, second.out) == (0, "Dagster has a record of all that stands in the warehouse.\n")


@pytest.mark.parametrize("home", [None, "", "relative", "/nowhere/at/all"])
def test_without_a_dagster_it_says_what_is_missing(cowrie, monkeypatch, home: str | None) -> None:
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    if home is not None:
        monkeypatch.setenv("DAGSTER_HOME", home)
    done = cowrie("reconcile")
    assert (done.code, done.out) == (1, "")
    (line,) = done.err.splitlines()
    assert "DAGSTER_HOME" in line
