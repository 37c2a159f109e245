"""The project as others get it: what the lock pins, the sample that it ships, and the built wheel."""

import json
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

import cowrie_assets
from cowrie_assets_tests.truth import REAL_LOGS

_ROOT = Path(__file__).parents[1]
_PIN = re.compile(r"([A-Za-z0-9._-]+)==\S+")


def _name(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~ ;]", requirement, maxsplit=1)[0]).lower()


def test_the_package_and_its_metadata_tell_the_same_version() -> None:
    assert version("cowrie-assets") == cowrie_assets.__version__


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text())["project"]
    wanted = set(map(_name, project["dependencies"]))
    for extra in project["optional-dependencies"].values():
        wanted |= set(map(_name, extra))
    pins = {_name(line) for line in (_ROOT / "constraints.txt").read_text().splitlines() if _PIN.fullmatch(line)}
    assert wanted - pins == {"cowrie-assets"}


def test_the_readme_tells_what_each_folder_is_for() -> None:
    table = (_ROOT / "README.md").read_text().partition("## Where things are")[2].partition("## Measured")[0]
    packages = {f"cowrie_assets/{init.parent.name}/" for init in (_ROOT / "cowrie_assets").glob("*/__init__.py")}
    assert set(re.findall(r"`(cowrie_assets/\w+/)`", table)) == packages


def test_make_bench_runs_what_the_readme_quotes() -> None:
    table = (_ROOT / "README.md").read_text().partition("## Measured")[2].partition("## Development")[0]
    quoted = {row.rsplit("|", 2)[1].strip().strip("`") for row in table.splitlines() if row.startswith("|")}
    quoted -= {"python -m benchmarks.", "---", "the same"}
    run = re.findall(r"-m benchmarks\.(.+)", (_ROOT / "Makefile").read_text())
    assert sorted(run) == sorted(quoted)


def test_the_sample_is_small(sample_logs: Path) -> None:
    assert sum(log.stat().st_size for log in sample_logs.rglob("cowrie.json*")) <= 600_000


def test_the_share_of_the_real_logs_is_small() -> None:
    assert sum(file.stat().st_size for file in (REAL_LOGS["share"]).rglob("*") if file.is_file()) <= 1_500_000


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the built wheel installs, in a folder far from the checkout."""
    built, installed = tmp_path_factory.mktemp("built"), tmp_path_factory.mktemp("installed")
    python = [sys.executable, "-m"]
    subprocess.run([*python, "hatchling", "build", "-t", "wheel", "-d", str(built)], cwd=_ROOT, check=True)
    (file,) = built.glob("*.whl")
    subprocess.run(
        [*python, "pip", "install", "--quiet", "--no-deps", "--target", str(installed), str(file)], check=True
    )
    return installed


def _outside(wheel: Path, folder: Path, *arguments: object, **environment: object) -> str:
    """Run Python in `folder` with the installed wheel before everything else on its path."""
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(wheel)} | {name: str(value) for name, value in environment.items()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_ingests_and_reports(wheel: Path, sample_logs: Path, tmp_path: Path) -> None:
    assert Path(_outside(wheel, tmp_path, "-c", "import cowrie_assets; print(cowrie_assets.__file__)")).is_relative_to(
        wheel
    )
    command = wheel / "bin" / "cowrie-assets"
    assert "events inserted" in _outside(wheel, tmp_path, command, "ingest", COWRIE_LOG_ROOT=sample_logs)
    report = json.loads(_outside(wheel, tmp_path, command, "report", "daily", "2026-08-31"))
    assert report["sessions"]["total"] == 37
    _outside(wheel, tmp_path, command, "report", "daily", "2026-08-31", "--output", "made")
    assert "<dt>Sessions</dt><dd>37</dd>" in (tmp_path / "made/daily/2026-08-31/aggregate.html").read_text()
    assert "2026-08-31/aggregate.html" in (tmp_path / "made/daily/index.html").read_text()


def test_the_wheel_has_the_settings_of_dagster(wheel: Path, tmp_path: Path) -> None:
    code = "from cowrie_assets.ui.home import SHIPPED; print(SHIPPED)"
    shipped = Path(_outside(wheel, tmp_path, "-c", code).strip())
    assert shipped.is_relative_to(wheel)
    assert shipped.read_text() == (_ROOT / "dagster.yaml").read_text()


def test_the_wheel_loads_into_dagster(wheel: Path, tmp_path: Path) -> None:
    code = (
        "from cowrie_assets.definitions import defs; import dagster as dg\n"
        "definitions = defs if isinstance(defs, dg.Definitions) else defs()\n"
        "print(*sorted(key.to_user_string() for key in definitions.resolve_all_asset_keys()))"
    )
    names = _outside(wheel, tmp_path, "-c", code).split()
    assert {"raw_events", "session_summaries", "command_stats", "login_stats", "files"} < set(names)
    assert {"daily_report", "weekly_report", "monthly_report"} < set(names)
