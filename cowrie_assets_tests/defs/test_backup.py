"""The nightly backup: off unless a folder is named."""

from pathlib import Path

import dagster as dg
import pytest

from cowrie_assets.backups.backup import backups_in
from cowrie_assets.defs.schedules import schedules_of
from cowrie_assets_tests.defs.conftest import Honeypot


def test_the_job_backs_up_where_a_folder_is_named(
    honeypot: Honeypot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honeypot.warehouse().close()
    failed = honeypot.execute("warehouse_backup", {})
    (failure,) = [event for event in failed.all_events if event.is_step_failure]
    assert "COWRIE_BACKUP_DIR names no folder" in str(failure.step_failure_data.error)
    monkeypatch.setenv("COWRIE_BACKUP_DIR", str(tmp_path / "backups"))
    monkeypatch.setenv("COWRIE_BACKUP_COPIES", "2")
    for _ in range(3):
        assert honeypot.execute("warehouse_backup", {}).success
    assert len(backups_in(tmp_path / "backups")) == 2


def test_the_schedule_runs_only_where_a_folder_is_named() -> None:
    def status(environment: dict[str, str]) -> dg.DefaultScheduleStatus:
        (schedule,) = [each for each in schedules_of(environment) if each.name == "back_up_warehouse"]
        return schedule.default_status

    assert status({}) == dg.DefaultScheduleStatus.STOPPED
    assert status({"COWRIE_BACKUP_DIR": "/srv/backup"}) == dg.DefaultScheduleStatus.RUNNING
