"""A loader waits for those who write the same sensor or the same log, and for nobody else."""

from pathlib import Path

import pytest
from sqlalchemy import text

from cowrie_assets.ingest.load import load
from cowrie_assets.ingest.load_result import LoadResult
from cowrie_assets.operations.logs import find_logs
from cowrie_assets.sensor_registry import Sensor, SensorRegistry
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse import write_lock
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.errors import WarehouseBusyError
from cowrie_assets.warehouse.write_scope import of_days, of_name, of_paths, of_sensors
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.loading import write_log

_REGISTRY_OF = ("beta", "alpha")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_lock, "LONGEST_WAIT", 0.2)
    monkeypatch.setattr(write_lock, "SLICE", 0.1)


def load_log(warehouse: Warehouse, path: Path, registry: SensorRegistry | None = None) -> LoadResult:
    settings = Settings(log_root=path.parent.parent, registry=registry or SensorRegistry())
    return load(warehouse, settings, logs=find_logs(settings, [path]).logs)


@pytest.mark.usefixtures("impatient")
def test_loaders_of_different_sensors_go_side_by_side(postgres_url: str, tmp_path: Path) -> None:
    """Also where both bring the same new words, commands and months."""
    one, other = (
        write_log(tmp_path, [events.line(number, sensor=name) for number in range(12)], sensor=name)
        for name in ("hp-1", "hp-2")
    )
    with Warehouse.open(postgres_url) as warehouse:
        with warehouse.write(of_sensors(["hp-1"]) | of_days(range(20_000, 21_000)) | of_name("reports")):
            assert load_log(warehouse, other).events == 12
            with pytest.raises(WarehouseBusyError):
                load_log(warehouse, one)
        assert load_log(warehouse, one).events == 12


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("held", ["a sensor that writes in the folder of another", "the path"])
def test_what_a_loader_waits_for(postgres_url: str, tmp_path: Path, held: str) -> None:
    path = write_log(tmp_path, [events.line(0, sensor="guest")], sensor="hp-1")
    scope = of_paths([f":{path}"]) if held == "the path" else of_sensors(["guest"])
    with Warehouse.open(postgres_url) as warehouse:
        with warehouse.write(scope), pytest.raises(WarehouseBusyError):
            load_log(warehouse, path)
        assert load_log(warehouse, path).events == 1


def test_events_of_a_sensor_with_the_lesser_claim_are_taken_over(warehouse: Warehouse, tmp_path: Path) -> None:
    """The step comes upon rows of another sensor, and is done again alone."""
    paths = {name: write_log(tmp_path, [events.line(0, sensor="shared")], sensor=name) for name in _REGISTRY_OF}
    registry = SensorRegistry(tuple(Sensor(name, logpath=path.parent) for name, path in paths.items()))
    for name in _REGISTRY_OF:
        assert load_log(warehouse, paths[name], registry).events == 1
        assert [row["sensor"] for row in tables.rows(warehouse, "raw_events")] == [name]
    books = {row["sensor"]: (row["events"], row["duplicates"]) for row in tables.rows(warehouse, "log_files")}
    assert books == {"beta": (0, 1), "alpha": (1, 0)}


def test_what_was_prepared_stays_where_the_step_is_undone(postgres_url: str, tmp_path: Path, monkeypatch) -> None:
    """Nothing leads to it, and the next step finds it."""
    path = write_log(tmp_path, [events.line(3, sensor="hp-1")], sensor="hp-1")
    with Warehouse.open(postgres_url) as warehouse:
        with monkeypatch.context() as broken:
            broken.setattr("cowrie_assets.ingest.step.insert_new_events", lambda *_: 1 // 0)
            with pytest.raises(ZeroDivisionError):
                load_log(warehouse, path)
        with warehouse.read() as connection:
            counts = connection.execute(
                text("SELECT (SELECT COUNT(*) FROM session_keys), (SELECT COUNT(*) FROM logs)")
            ).one()
        assert tuple(counts) == (1, 0)
        assert load_log(warehouse, path).events == 1
        with warehouse.read() as connection:
            assert connection.execute(text("SELECT COUNT(*) FROM session_keys")).scalar_one() == 1
