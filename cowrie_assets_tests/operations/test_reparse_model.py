"""Random steps of an operator: the end equals a clean load, whatever the order.

Logs are loaded in deltas and in bulk, folders renamed, logs moved and copied, and the sensors file changed at any time.
"""

import random
import shutil
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

from cowrie_assets.ingest import rederive
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.reparse import reparse
from cowrie_assets.sensor_registry import Sensor, SensorRegistry
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events
from cowrie_assets_tests.operations.test_reparse import HOUR_US, equals_a_clean_load, is_sound

_FOLDERS = ("alpha", "beta", "gamma", "hp-test")
_OWN = ("", "hp-test", "0badc0ffee", "alpha")
_UUIDS = ("", "u1", "u2")


class Operator:
    """Someone who runs honeypots, at random."""

    def __init__(self, warehouse: Warehouse, settings: Settings, chance: random.Random) -> None:
        self.warehouse = warehouse
        self.settings = settings
        self._chance = chance
        assert settings.log_root is not None
        self._root = settings.log_root
        self._root.mkdir()
        self._written = 0

    def step(self) -> None:
        """One of the things that an operator does."""
        steps = (self.write, self.write, self.load, self.load, self.rename, self.copy, self.configure, self.reparse)
        self._chance.choice(steps)()

    def write(self) -> None:
        """One more log in some folder."""
        folder = self._root / self._chance.choice(_FOLDERS)
        folder.mkdir(exist_ok=True)
        self._written += 1
        own, uuid = self._chance.choice(_OWN), self._chance.choice(_UUIDS)
        first = self._chance.randrange(0, 60, 10)
        lines = [events.line(number, sensor=own, uuid=uuid) for number in range(first, first + 20)]
        (folder / f"cowrie.json.{self._written}").write_bytes(b"".join(line + b"\n" for line in lines))

    def load(self) -> None:
        """In deltas or in bulk; `validate` passes after each."""
        if any(self._root.rglob("cowrie.json*")):
            ingest(self.warehouse, self.settings, mode=self._chance.choice(("delta", "delta", "bulk")))  # type: ignore[arg-type]
            is_sound(self.warehouse, self.settings)

    def rename(self) -> None:
        """A folder gets a name that no other has."""
        self.load()  # a log that was never read under its first name has none to keep
        folders = [folder for folder in self._root.iterdir() if folder.is_dir()]
        free = [name for name in _FOLDERS if not (self._root / name).exists()]
        if folders and free:
            self._chance.choice(folders).rename(self._root / self._chance.choice(free))
            self.load()  # a log is written at the former name only after the move was seen

    def copy(self) -> None:
        """A log is copied into another folder, or its own."""
        found = sorted(self._root.rglob("cowrie.json*"))
        if found:
            self._written += 1
            folder = self._root / self._chance.choice(_FOLDERS)
            folder.mkdir(exist_ok=True)
            shutil.copyfile(self._chance.choice(found), folder / f"cowrie.json.{self._written}")

    def configure(self) -> None:
        """Another sensors file."""
        chance = self._chance
        sensors = [
            Sensor("hp-1", aliases=("0badc0ffee",) if chance.random() < 0.5 else ()),
            Sensor("hp-2", uuids=("u1",) if chance.random() < 0.5 else (), aliases=chance.choice(((), ("alpha",)))),
            Sensor("a-3", logpath=self._root / chance.choice(_FOLDERS) if chance.random() < 0.5 else None),
            Sensor("hp-4", logpath=self._root / "gamma" if chance.random() < 0.3 else None),
        ]
        folders = [sensor.logpath for sensor in sensors if sensor.logpath]
        if len(folders) != len(set(folders)):
            return
        offset = [replace(each, clock_offset_us=chance.choice((0, 0, 3, -30)) * HOUR_US) for each in sensors]
        self.settings = replace(self.settings, registry=SensorRegistry(tuple(offset)))

    def reparse(self) -> None:
        """All days, or some."""
        with patch.object(rederive, "_ROWS", 5):
            said = reparse(self.warehouse, self.settings, dry_run=True)
        done = reparse(self.warehouse, self.settings)
        assert (said.total, said.renamed_logs, said.changed_days) == (done.total, done.renamed_logs, done.changed_days)
        is_sound(self.warehouse, self.settings)

    def finish(self) -> None:
        """What an operator is told to do, and what it comes to."""
        self.write()
        ingest(self.warehouse, self.settings)
        reparse(self.warehouse, self.settings)
        ingest(self.warehouse, self.settings)
        equals_a_clean_load(self.warehouse, self.settings)


def live(warehouse: Warehouse, database_url: str, folder: Path, seed: int, steps: int) -> None:
    settings = Settings(log_root=folder / f"logs{seed}", database_url=database_url, report_dir=folder / "reports")
    operator = Operator(warehouse, settings, random.Random(seed))
    for _ in range(steps):
        operator.step()
    operator.finish()


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.sqlite_first)])
def test_whatever_an_operator_does(warehouse: Warehouse, database_url: str, tmp_path: Path, seed: int) -> None:
    live(warehouse, database_url, tmp_path, seed, 10)


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("seed", range(100, 300))
def test_whatever_an_operator_does_for_a_long_time(
    warehouse: Warehouse, database_url: str, tmp_path: Path, seed: int
) -> None:
    live(warehouse, database_url, tmp_path, seed, 40)
