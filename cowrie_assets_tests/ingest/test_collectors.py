"""Several machines load logs of their own, at paths that are the same on each, into one database."""

from pathlib import Path

import pytest

from cowrie_assets.ingest.load import load
from cowrie_assets.ingest.load_result import LoadResult
from cowrie_assets.operations.log_proof import unproved_logs
from cowrie_assets.operations.logs import find_logs
from cowrie_assets.settings import Settings, SettingsError
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.loading import write_log


class Machine:
    """A collector whose log root has the path of every other one's: it is there while the machine is at work."""

    def __init__(self, warehouse: Warehouse, folder: Path, name: str) -> None:
        self._warehouse = warehouse
        self._root = folder / "root"
        self._away = folder / f"root of {name}"
        self.settings = Settings(log_root=self._root, collector=name)

    def __enter__(self) -> "Machine":
        self._away.mkdir(exist_ok=True)
        self._away.rename(self._root)
        return self

    def __exit__(self, *_: object) -> None:
        self._root.rename(self._away)

    def write(self, *lines: bytes, name: str = "cowrie.json", sensor: str = "hp-1") -> Path:
        return write_log(self._root, lines, name, sensor)

    def load(self) -> LoadResult:
        return load(self._warehouse, self.settings, logs=find_logs(self.settings).logs)


@pytest.fixture
def machines(warehouse: Warehouse, tmp_path: Path) -> tuple[Machine, Machine]:
    return Machine(warehouse, tmp_path, "a"), Machine(warehouse, tmp_path, "b")


def books(warehouse: Warehouse) -> list[tuple[str, str, int, int, int]]:
    rows = tables.rows(warehouse, "log_files")
    names = ("collector", "sensor", "generation", "events", "duplicates")
    return sorted(tuple(row[name] for name in names) for row in rows)  # type: ignore[misc]


def test_the_same_path_on_two_machines(warehouse: Warehouse, machines: tuple[Machine, Machine]) -> None:
    """Each goes on where it was: the other one's log at the path is none that was replaced."""
    a, b = machines
    first, second, third = (events.line(0, sensor=name) for name in ("one", "two", "three"))
    with a:
        a.write(first)
        assert a.load().events == 1
    with b:
        b.write(second)
        assert b.load().events == 1
    with a:
        with (a.write(first)).open("ab") as log:
            log.write(third + b"\n")
        result = a.load()
        assert (result.events, result.duplicates, result.lines) == (1, 0, 1)
    with b:
        result = b.load()
        assert (result.unchanged, result.logs) == (1, 0)
    assert books(warehouse) == [("a", "hp-1", 1, 2, 0), ("b", "hp-1", 1, 1, 0)]


def test_a_log_of_another_machine_did_not_move(warehouse: Warehouse, machines: tuple[Machine, Machine]) -> None:
    """Its files cannot be looked at, so they are not gone: equal content here is a log of its own."""
    a, b = machines
    line = events.line(0, sensor="one")
    with a:
        a.write(line)
        a.load()
    with b:
        b.write(line, sensor="hp-2")
        result = b.load()
        assert (result.events, result.duplicates, result.moved) == (0, 1, 0)
    with a:
        assert a.load().lines == 0
    assert books(warehouse) == [("a", "hp-1", 1, 1, 0), ("b", "hp-2", 1, 0, 1)]


def test_each_machine_proves_its_own_logs(warehouse: Warehouse, machines: tuple[Machine, Machine]) -> None:
    a, b = machines
    with a:
        log = a.write(events.line(0, sensor="one"))
        a.load()
        with log.open("ab") as grown:
            grown.write(events.line(0, sensor="two") + b"\n")
        log.rename(log.with_name("cowrie.json.1"))
        a.load()
        assert len(unproved_logs(warehouse, a.settings)) == 1
    with b:
        b.write(events.line(0, sensor="three"), name="cowrie.json.1")
        assert unproved_logs(warehouse, b.settings) == []


def test_what_the_environment_may_say() -> None:
    assert Settings.from_environment({"COWRIE_COLLECTOR": "fra-01.example_1"}).collector == "fra-01.example_1"
    assert Settings.from_environment({"COWRIE_COLLECTOR": ""}).collector == ""
    for name in ("a b", "ä", "a" * 65, "a\n", "../x;"):
        with pytest.raises(SettingsError, match="COWRIE_COLLECTOR is a name of at most 64"):
            Settings.from_environment({"COWRIE_COLLECTOR": name})
