"""What the command line did is in Dagster's records before the daemon starts; nothing keeps it from starting."""

import os
from pathlib import Path

import dagster as dg
import pytest

from cowrie_assets.configuration import Configuration
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.settings import Settings
from cowrie_assets.ui.done_elsewhere import record_done_elsewhere
from cowrie_assets.warehouse.engine import Warehouse


@pytest.fixture
def settings(sample_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Those of the environment, with a Dagster that knows of nothing yet."""
    home = tmp_path / "dagster_home"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    monkeypatch.setenv("COWRIE_LOG_ROOT", str(sample_settings.log_root))
    monkeypatch.setenv("COWRIE_DATABASE_URL", sample_settings.database_url)
    monkeypatch.setenv("COWRIE_REPORT_DIR", str(sample_settings.report_dir))
    return sample_settings


def told(**how: float) -> list[str]:
    lines: list[str] = []
    record_done_elsewhere(Configuration(os.environ), lines.append, **how)
    return lines


def load(settings: Settings) -> None:
    with Warehouse.open(settings.database_url) as warehouse:
        ingest(warehouse, settings)


def recorded() -> set[str]:
    with dg.DagsterInstance.get() as instance:
        return set(instance.get_materialized_partitions(dg.AssetKey("session_summaries")))


def test_the_days_of_the_command_line_are_recorded_once(settings: Settings) -> None:
    load(settings)
    assert told() == ["Recorded in Dagster what was done without it: 35 partitions and 0 checks."]
    assert recorded() == {"2026-08-30", "2026-08-31", "2026-09-01", "2026-09-02", "2026-09-03"}
    assert told() == []


def test_where_time_is_short_the_newest_day_is_recorded_and_the_rest_told(settings: Settings) -> None:
    load(settings)
    (line,) = told(seconds=0)
    assert line.endswith("7 partitions and 0 checks; 4 days or reports to go, a few every minute.")
    assert recorded() == {"2026-09-03"}


def test_a_database_that_is_not_there_is_not_made(settings: Settings, tmp_path: Path) -> None:
    assert told() == []
    assert not (tmp_path / "warehouse.db").exists()


def test_a_database_that_cannot_be_opened_is_one_sentence(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "warehouse.db").mkdir()
    (line,) = told()
    assert line.startswith("What was done without Dagster is not recorded yet: the database ")
    assert "is a folder" in line
    assert "\n" not in line


def test_a_wrong_setting_is_one_sentence(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COWRIE_BATCH_EVENTS", "many")
    (line,) = told()
    assert "COWRIE_BATCH_EVENTS" in line


def test_a_fault_of_our_own_keeps_nothing_from_starting(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    load(settings)

    def broken(*_: object, **__: object) -> None:
        raise KeyError("what an attacker typed")

    monkeypatch.setattr("cowrie_assets.defs.reconcile.reconcile", broken)
    assert told() == ["What was done without Dagster is not recorded yet: KeyError"]
