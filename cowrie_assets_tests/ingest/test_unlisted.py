"""Logs under names that say nothing: told by ingest, status and doctor, with how they are taken in."""

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cowrie_assets.cli.app import commands
from cowrie_assets.errors import SettingsError
from cowrie_assets.ingest.discovery import _MOST_OTHERS, discover
from cowrie_assets.ingest.unlisted import unlisted
from cowrie_assets.sensor_registry import SensorRegistry
from cowrie_assets.settings import Settings
from cowrie_assets_tests import events

LINE = events.line(0) + b"\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "cowrie.json").write_bytes(events.line(1) + b"\n")
    (folder / "events.log").write_bytes(b"\xef\xbb\xbf" + LINE)
    (folder / "honeypot-1.gz").write_bytes(gzip.compress(LINE))
    (folder / "other.json").write_bytes(b'{"eventid":"elasticpot.attack"}\n')
    (folder / "notes.txt").write_bytes(b'they write "eventid": "cowrie.x" there\n')
    (folder / ".cowrie.json.Xy12ab").write_bytes(LINE)
    return folder


def run(root: Path, *words: str, **environment: str) -> Result:
    paths = {"COWRIE_LOG_ROOT": str(root), "COWRIE_DATABASE_URL": f"sqlite:///{root.parent / 'w.db'}"}
    return CliRunner().invoke(commands, words, env=paths | environment)


def test_their_number_and_an_example_are_told_until_they_are_taken_in(root: Path) -> None:
    told = "2 files begin with an event of Cowrie"
    ingested = run(root, "ingest")
    assert ingested.exit_code == 0
    for words in (ingested.stderr, run(root, "status").stdout, run(root, "doctor").stdout):
        joined = " ".join(words.split())
        assert told in joined
        assert "events.log" in joined
        assert "COWRIE_LOG_NAMES" in joined
    document = json.loads(run(root, "status", "--format", "json").stdout)
    assert document["unlisted_logs"] == {"count": 2, "example": str(root / "events.log")}
    names = "cowrie.json*, events.log honeypot*"
    taken = run(root, "ingest", COWRIE_LOG_NAMES=names)
    assert (taken.exit_code, taken.stderr) == (0, "")
    assert json.loads(run(root, "status", "--format", "json", COWRIE_LOG_NAMES=names).stdout)["unlisted_logs"] is None


def test_few_are_opened(tmp_path: Path) -> None:
    for number in range(60):
        folder = tmp_path / str(number)
        folder.mkdir()
        for each in range(20):
            (folder / f"{each}.txt").write_bytes(LINE)
    passed = unlisted(discover(tmp_path, SensorRegistry()))
    assert passed is not None
    assert passed.count == _MOST_OTHERS


def test_names_are_no_paths() -> None:
    with pytest.raises(SettingsError, match="without folders"):
        Settings.from_environment({"COWRIE_LOG_NAMES": "logs/*.json"})
