"""What `doctor` tells of the history."""

import os
from pathlib import Path

from cowrie_assets.health.doctor import doctor
from cowrie_assets.history.upkeep import upkeep


def _step_log(home: Path, name: str, size: int, days: float, now: float) -> None:
    path = home / "history" / "runs" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(size)
    os.utime(path, (now - days * 86_400,) * 2)


def test_its_size_and_whether_the_nightly_job_works(tmp_path: Path) -> None:
    now = tmp_path.stat().st_mtime
    home = tmp_path / "it's home"
    _step_log(home, "young.db", 900_000_000, 8, now)
    _step_log(home, "index.db", 900_000_000, 30, now)
    _step_log(home, "old.db", 90_000_000, 30, now)
    found = upkeep(str(home), 7)
    assert (found.is_overdue, found.message) == (False, f"Dagster's history in {home} takes 1,890.0 MB")
    _step_log(home, "older.db", 20_000_000, 31, now)
    found = upkeep(str(home), 7)
    assert found.is_overdue
    assert "2 logs of runs (110.0 MB) are older than 7 days" in found.message
    assert f"""`DAGSTER_HOME='{tmp_path}/it'"'"'s home' cowrie-assets history prune`""" in found.message
    assert not upkeep(str(home), 30).is_overdue


def test_a_home_that_is_not_set_or_not_there_is_no_fault(tmp_path: Path) -> None:
    assert not upkeep(None, 7).is_overdue
    assert upkeep(str(tmp_path / "nowhere"), 7).message.endswith("is not there yet; Dagster makes it")


def test_doctor_tells_it(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    findings = doctor({"COWRIE_LOG_ROOT": str(tmp_path), "DAGSTER_HOME": str(tmp_path / "home")})
    (finding,) = [finding for finding in findings if finding.subject == "history"]
    assert (finding.level, finding.message) == ("ok", f"Dagster's history in {tmp_path / 'home'} takes 0.0 MB")
