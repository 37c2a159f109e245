"""`cowrie-assets db backup` and `restore`."""

from pathlib import Path

import pytest

from cowrie_assets_tests.cli.conftest import Cowrie


def test_backup_and_restore(ingested: Cowrie, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "COWRIE_BACKUP_DIR" in ingested("db", "backup").err
    monkeypatch.setenv("COWRIE_BACKUP_DIR", str(tmp_path / "backups"))
    monkeypatch.setenv("COWRIE_BACKUP_COPIES", "1")
    assert ingested("db", "backup").code == 0
    again = ingested("db", "backup")
    assert (again.code, "proved." in again.out, "1 older backup removed." in again.out) == (0, True, True)
    (backup,) = (tmp_path / "backups").glob("*.db")
    refused = ingested("db", "restore", backup)
    assert (refused.code, "--overwrite" in refused.err) == (1, True)
    (tmp_path / "warehouse.db").unlink()
    restored = ingested("db", "restore", backup)
    assert (restored.code, "The database is that of " in restored.out) == (0, True)
    assert ingested("validate").code == 0


def test_move(ingested: Cowrie, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = tmp_path / "there.db"
    moved = ingested("db", "move", there)
    assert (moved.code, "all are proved." in moved.out, moved.err) == (0, True, "")
    again = ingested("db", "move", there)
    assert (again.code, "all were there; all are proved" in again.out) == (0, True)
    refused = ingested("db", "move", "postgresql://u:hunter2@h/d")
    assert (refused.code, "hunter2" in refused.err) == (1, False)
    monkeypatch.setenv("COWRIE_DATABASE_URL", f"sqlite:///{there}")
    assert "Nothing new" in ingested("ingest").out
    assert ingested("validate").code == 0
