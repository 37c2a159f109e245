"""`cowrie-assets archive`, `prune`, `unarchive` and `privacy`."""

import json
from pathlib import Path

import pytest

from cowrie_assets_tests.cli.conftest import Cowrie


def test_archive_prune_and_unarchive(ingested: Cowrie, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    to = ("--to", tmp_path / "archive")
    assert "COWRIE_ARCHIVE_URL" in ingested("archive", "--before", "2026-09-01").err
    assert ingested("seal", "--before", "2026-09-01").code == 0
    unproved = ingested("prune", "--before", "2026-09-01", *to)
    assert (unproved.code, "2 sealed days" in unproved.err) == (1, True)
    assert ingested("archive", "--before", "2026-09-01", *to).out.startswith("2 days archived, ")
    assert ingested("prune", "--before", "2026-09-01", *to).code == 0
    rests = "2 days rest, 2026-08-30 to 2026-08-31, on"
    assert f"2 sealed days passed by; {rests} the archive" in ingested("rebuild").out
    monkeypatch.setenv("COWRIE_ARCHIVE_URL", str(tmp_path / "archive"))
    assert "the archive has the raw events of each day that left" in ingested("validate").out
    file = next((tmp_path / "archive").rglob("*.parquet"))
    content = file.read_bytes()
    file.unlink()
    found = ingested("validate")
    assert (found.code, "1 file is not there" in found.out, str(file) in found.out) == (1, True, True)
    file.write_bytes(content)
    assert ingested("unarchive", "2026-08-30", "2026-08-31", *to).code == 0
    assert ingested("validate").code == 0


def test_privacy(ingested: Cowrie, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ingested("report", "daily", "2026-08-31", "--output", tmp_path / "reports").code == 0
    assert "COWRIE_PRIVACY_PASSWORDS_DAYS" in ingested("privacy").err
    days = ("--passwords-days", 1, "--addresses-days", 2)
    assert "COWRIE_PRIVACY_KEY names no key" in ingested("privacy", *days).err
    monkeypatch.setenv("COWRIE_PRIVACY_MODE", "drop")
    due = "Passwords of 5 days, 2026-08-30 to 2026-09-03, would be dropped.\n"
    assert ingested("privacy", *days, "--dry-run").out == f"{due}{due.replace('Passwords', 'Addresses')}"
    monkeypatch.setenv("COWRIE_PRIVACY_PASSWORDS_DAYS", "3")
    assert "5 days from 2026-08-30 to 2026-09-03 are past the age" in ingested("doctor").out
    kept = ingested("privacy", "--no-vacuum")
    assert (kept.code, due.replace("would be", "are") in kept.out) == (0, True)
    assert "Copies of what was removed may lie in the database's files until `cowrie-assets db maintain" in kept.out
    assert "the database file may hold copies of what was removed" in ingested("doctor").out
    report = json.loads((tmp_path / "reports" / "daily" / "2026-08-31" / "aggregate.json").read_text())
    assert report["privacy"]["passwords"]["mode"] == "drop", "what `report --output` wrote there is written anew, too"
    done = ingested("privacy")
    assert done.out == "No day is due.\nThe database file is written anew: nothing of what was removed is in it.\n"
    assert ingested("privacy").out == "No day is due.\n"
    assert "Hashed or dropped are user names and passwords up to 2026-09-03" in ingested("status").out
    assert "hashed or dropped are passwords up to 2026-09-03" in ingested("doctor").out
    monkeypatch.setenv("COWRIE_PRIVACY_KEY", "env:COWRIE_NO_SUCH_KEY")
    assert "the environment variable COWRIE_NO_SUCH_KEY is not set" in ingested("doctor").out
    assert ingested("validate").code == 0
