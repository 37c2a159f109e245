"""Running commands as a user does: by their arguments and the environment, seeing the exit code and both streams."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cowrie_assets.cli.app import run
from cowrie_assets.settings import Settings


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Cowrie = Callable[..., Outcome]


@pytest.fixture
def cowrie(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, sample_settings: Settings
) -> Cowrie:
    """Runs `cowrie-assets` in this process on an empty warehouse, with the sample as the log root."""
    monkeypatch.setenv("COWRIE_LOG_ROOT", str(sample_settings.log_root))
    monkeypatch.setenv("COWRIE_DATABASE_URL", sample_settings.database_url)
    monkeypatch.setenv("COWRIE_REPORT_DIR", str(sample_settings.report_dir))

    def command(*arguments: object) -> Outcome:
        capfdbinary.readouterr()
        code = run([str(argument) for argument in arguments])
        out, err = capfdbinary.readouterr()
        return Outcome(code, out.decode(), err.decode())

    return command


@pytest.fixture(scope="session")
def ingested_database(sample_logs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the sample in it, made once by the command itself in a process of its own."""
    file = tmp_path_factory.mktemp("ingested") / "warehouse.db"
    environment = os.environ | {"COWRIE_LOG_ROOT": str(sample_logs), "COWRIE_DATABASE_URL": f"sqlite:///{file}"}
    subprocess.run(
        [sys.executable, "-c", "from cowrie_assets.cli import main; main()", "ingest"], env=environment, check=True
    )
    return file


@pytest.fixture
def ingested(cowrie: Cowrie, ingested_database: Path, tmp_path: Path) -> Cowrie:
    """As `cowrie`, on a warehouse of the test's own that holds the sample."""
    shutil.copy(ingested_database, tmp_path / "warehouse.db")
    return cowrie


@pytest.fixture(scope="session")
def truth() -> list[dict[str, Any]]:
    """The sample, counted by an independent program: a row for each day and sensor, by the session's day."""
    rows: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "sample_truth.json").read_text())
    return rows
