"""The project as others get it: what the lock pins, and the sample that it ships."""

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import cowrie_assets

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


def test_the_sample_is_small(sample_logs: Path) -> None:
    assert sum(log.stat().st_size for log in sample_logs.rglob("cowrie.json*")) <= 600_000
