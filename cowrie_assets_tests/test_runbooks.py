"""The runbooks and recipes: every block of theirs is run as it stands, in order, section by section.

A section gets a folder of its own in the place of `/`, laid out as the page says. `cowrie-assets` runs in this process;
all else in a shell, whose environment the next line has. Blocks marked `sh root` are for root: their syntax is checked.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from cowrie_assets.cli.app import run
from cowrie_assets.health.looks import LOOKS
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.cowrieprocessor.older import Older
from cowrie_assets_tests.databases import Databases

ROOT = Path(__file__).parents[1]
PAGES = ("RUNBOOKS", "RECIPES", "RETENTION")
_BLOCK = re.compile(r"^```(sh|sh root)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_ROOTS = re.compile(r"(?<![\w.$}*])/(?=(?:etc|home|srv|var)/)")
_HEREDOC = re.compile(r"<<'(\w+)'$")
_URL = "postgresql+psycopg://cowrie:PASSWORD@127.0.0.1/cowrie"
_SLOW = {"Backfill of 180 days", "Moving to PostgreSQL"}
"""For the soak."""
_FRESH = {"Install"}
"""Sections of RUNBOOKS that begin without settings and database."""


@dataclass(frozen=True)
class Section:
    """A section of a page, with its blocks: (whether it is for root, its lines)."""

    page: str
    title: str
    blocks: tuple[tuple[bool, str], ...]

    def __str__(self) -> str:
        return f"{self.page}: {self.title}"


def _sections() -> Iterator[Section]:
    for page in PAGES:
        parts = _SECTION.split((ROOT / f"docs/{page}.md").read_text(encoding="utf-8"))
        for title, text in zip(parts[1::2], parts[2::2], strict=True):
            blocks = tuple((kind != "sh", lines) for kind, lines in _BLOCK.findall(text))
            if blocks:
                yield Section(page, title, blocks)


SECTIONS = list(_sections())
RUN = [
    pytest.param(each, id=str(each), marks=[pytest.mark.soak] if each.title in _SLOW else [])
    for each in SECTIONS
    if any(not root for root, _ in each.blocks)
]


def statements(block: str) -> Iterator[str]:
    """The lines of a block; one with a here-document has the lines of that."""
    lines = iter(block.splitlines())
    for line in lines:
        match = _HEREDOC.search(line)
        text = line
        while match:
            following = next(lines)
            text += f"\n{following}"
            if following == match[1]:
                break
        if text.strip() and not text.startswith("#"):
            yield text


@dataclass
class Machine:
    """What stands for a machine: a folder in the place of `/`, and the environment of a shell on it."""

    root: Path
    monkeypatch: pytest.MonkeyPatch
    capture: Callable[[], str]
    names: dict[str, str]
    """What a page names, by what stands for it here."""

    def run(self, statement: str) -> None:
        """Run a statement; one that does not end with 0 fails the test. `doctor` may tell that the sample is old."""
        here = _ROOTS.sub(f"{self.root}/", statement)
        for name, other in self.names.items():
            here = here.replace(name, other)
        words = shlex.split(here, comments=True)
        given: dict[str, str] = {}
        while re.match(r"COWRIE_\w+=", words[0]):
            name, _, given[name] = words.pop(0).partition("=")
        if words[0] != "cowrie-assets":
            self._shell(here)
            return
        assert not set(words) & {"|", "||", "&&", ";", ">", "<"}, statement
        with pytest.MonkeyPatch.context() as only:
            for name, value in given.items():
                only.setenv(name, value)
            ended = run([self._expanded(word) for word in words[1:]])
        told = self.capture()
        assert ended == 0 or (words[1] == "doctor" and ended == 1), f"{statement}\n{told}"
        assert "Traceback" not in told

    def _expanded(self, word: str) -> str:
        return self._shell(f'printf %s "{word}"') if "$" in word else word

    def _shell(self, statement: str) -> str:
        after = self.root / "environment_after"
        ended = subprocess.run(
            ["bash", "-aeuo", "pipefail", "-c", f"{statement}\nenv -0 > {shlex.quote(str(after))}"],
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, f"{statement}\n{ended.stderr}"
        for each in filter(None, after.read_text().split("\0")):
            name, _, value = each.partition("=")
            if name not in ("SHLVL", "_", "PWD", "OLDPWD") and os.environ.get(name) != value:
                self.monkeypatch.setenv(name, value)
        return ended.stdout


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Machine:
    for folder in ("etc/cowrie_assets", "var/lib/cowrie_assets/dagster", "srv/backup/cowrie"):
        (tmp_path / folder).mkdir(parents=True)

    def told() -> str:
        return b"\n".join(capfdbinary.readouterr()).decode()

    return Machine(tmp_path, monkeypatch, told, {})


@pytest.fixture(scope="module")
def installed(sample_logs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the sample, found right, and its newest backup, as the sections behind *Install* find them."""
    folder = tmp_path_factory.mktemp("installed")
    with pytest.MonkeyPatch.context() as only:
        only.setenv("COWRIE_LOG_ROOT", str(sample_logs))
        only.setenv("COWRIE_DATABASE_URL", f"sqlite:///{folder / 'warehouse.db'}")
        assert run(["ingest"]) == 0
        assert run(["validate"]) == 0
        assert run(["db", "backup", "--to", str(folder / "backup")]) == 0
    return folder


def lay_out(section: Section, machine: Machine, sample: Path) -> None:
    """The logs as they lie on the machine that a section tells of."""
    fra = sample / "hp-fra-01"
    if section.page != "RECIPES":
        shutil.copytree(sample, machine.root / "srv/honeypots")
        return
    if "T-Pot" in section.title:
        logs = _copied(fra, machine.root / "home/tpot/tpotce/data/cowrie/log")
        for age, name in enumerate(("2026-09-02", "2026-09-01", "2026-08-31"), start=1):
            (logs / f"cowrie.json.{name}").rename(logs / f"cowrie.json.{age}")
            subprocess.run(["gzip", logs / f"cowrie.json.{age}"], check=True)
        _of_containers(logs / "cowrie.json")
        (logs / "tty").mkdir()
        (logs / "tty" / "0a1b2c").write_bytes(b"\x1b[2J")
        (logs.parent / "downloads").mkdir()
        return
    place = {"DShield": "srv/cowrie", "Docker": "srv/cowrie-docker", "git": "home/cowrie/cowrie"}
    (base,) = [folder for word, folder in place.items() if word in section.title]
    logs = _copied(fra, machine.root / base / "var/log/cowrie")
    (logs / "cowrie.log").write_text("2026-08-31T00:00:00Z [-] Ready to accept SSH connections\n")
    for folder in ("downloads", "tty"):
        (machine.root / base / "var/lib/cowrie" / folder).mkdir(parents=True)
    if "Docker" in section.title:
        _of_containers(logs / "cowrie.json")


def _copied(logs: Path, folder: Path) -> Path:
    shutil.copytree(logs, folder)
    return folder


def _of_containers(log: Path) -> None:
    """Events carry the name of the container, which is another one since it was made anew."""
    log.write_text(log.read_text().replace('"sensor":"hp-fra-01"', '"sensor":"3f2a9c0d1e4b"'))


@pytest.mark.parametrize("section", RUN)
def test_each_block_does_what_it_says(
    section: Section,
    machine: Machine,
    sample_logs: Path,
    installed: Path,
    databases: Databases,
    request: pytest.FixtureRequest,
) -> None:
    lay_out(section, machine, sample_logs)
    if section.page != "RECIPES" and section.title not in _FRESH:
        for root, block in next(each for each in SECTIONS if each.title == "Install").blocks[:3]:
            if not root:
                for statement in statements(block):
                    if not statement.startswith("cowrie-assets"):
                        machine.run(statement)
        machine._shell(f"set -a; . {machine.root}/etc/cowrie_assets/environment; set +a")
        shutil.copy(installed / "warehouse.db", machine.root / "var/lib/cowrie_assets")
        shutil.copytree(installed / "backup", machine.root / "srv/backup/cowrie", dirs_exist_ok=True)
    if "PostgreSQL" in section.title:
        url = machine.names[_URL] = databases.postgres.new(empty=True)
        request.addfinalizer(lambda: databases.postgres.drop(url))
    if "older tool" in section.title:
        (machine.root / "srv/cowrieprocessor").mkdir()
        older = Older(str(machine.root / "srv/cowrieprocessor/cowrieprocessor.sqlite")).make()
        lines = (sample_logs / "hp-fra-01" / "cowrie.json.2026-08-31").read_text().splitlines()
        older.events(map(json.loads, lines), "/srv/honeypots/hp-fra-01/cowrie.json.2026-08-31")
    for root, block in section.blocks:
        if not root:
            for statement in statements(block):
                machine.run(statement)
    if not statement.startswith("cowrie-assets validate"):
        assert run(["validate", "--changed"]) == 0
    if section.page == "RECIPES":
        with Warehouse.open(os.environ["COWRIE_DATABASE_URL"]) as warehouse, warehouse.read() as connection:
            names = set(connection.exec_driver_sql("SELECT DISTINCT sensor FROM session_summaries").scalars())
        assert names == {re.search(r'^name = "(.+)"', "".join(text for _, text in section.blocks), re.MULTILINE)[1]}  # type: ignore[index]


@pytest.mark.parametrize("section", SECTIONS, ids=str)
def test_each_block_is_a_script(section: Section) -> None:
    for _, block in section.blocks:
        ended = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True, check=False)
        assert (ended.returncode, ended.stderr) == (0, "")


def test_every_alert_has_its_line() -> None:
    page = (ROOT / "docs/RUNBOOKS.md").read_text(encoding="utf-8")
    rules = yaml.safe_load((ROOT / "deploy/monitoring/alerts.yaml").read_text(encoding="utf-8"))
    named = re.findall(r"^\| `(Cowrie\w+)` \|", page, re.MULTILINE)
    assert named == [rule["alert"] for group in rules["groups"] for rule in group["rules"]]
    troubles = re.findall(r"^\| `([a-z][a-z ]+)` \|", page.partition("### By mail")[2], re.MULTILINE)
    assert troubles == [look.trouble for look in LOOKS.values()]
