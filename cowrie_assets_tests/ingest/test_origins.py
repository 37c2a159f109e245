"""Which names one machine has had, one after another."""

from pathlib import Path

from sqlalchemy import select

from cowrie_assets.ingest.origins import replaced_names
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import sensors
from cowrie_assets_tests import events
from cowrie_assets_tests.loading import load_folder, write_log

CASE = Path(__file__).parents[1] / "cases" / "06_container_ids_silent" / "logs"


def replaced(warehouse: Warehouse) -> dict[str, str]:
    """`replaced_names` by the names themselves."""
    with warehouse.read() as connection:
        rows = connection.execute(select(sensors.c.id, sensors.c.name))
        names = {number: decode_text(name) for number, name in rows}
        return {names[old]: names[new] for old, new in replaced_names(connection).items()}


def write(root: Path, name: str, sensor: str, numbers: range, *, folder: str = "cowrie", uuid: str = "") -> None:
    """A log of `sensor` with the events of these numbers, a minute apart."""
    own = {"uuid": uuid} if uuid else {}
    write_log(root, [events.line(number, sensor=sensor, **own) for number in numbers], name, sensor=folder)


def test_a_container_made_anew_each_day_is_one_machine(warehouse: Warehouse) -> None:
    load_folder(warehouse, CASE)
    found = replaced(warehouse)
    assert len(found) == 8
    assert len(set(found.values())) == 1
    assert not set(found) & set(found.values())


def test_names_used_at_the_same_time_are_two_machines(warehouse: Warehouse, tmp_path: Path) -> None:
    write(tmp_path, "cowrie.json.1", "a", range(0, 100, 2))
    write(tmp_path, "cowrie.json.2", "b", range(1, 101, 2))
    load_folder(warehouse, tmp_path)
    assert replaced(warehouse) == {}


def test_one_name_replaces_one_other(warehouse: Warehouse, tmp_path: Path) -> None:
    """Two machines share a folder. One falls silent, the other is made anew later."""
    write(tmp_path, "cowrie.json.1", "silent", range(0, 20, 2))
    write(tmp_path, "cowrie.json.2", "old", range(1, 41, 2))
    write(tmp_path, "cowrie.json.3", "new", range(50, 60))
    write(tmp_path, "cowrie.json.4", "newest", range(70, 80))
    load_folder(warehouse, tmp_path)
    assert replaced(warehouse) == {"old": "newest", "new": "newest"}


def test_a_uuid_tells_more_than_a_folder(warehouse: Warehouse, tmp_path: Path) -> None:
    write(tmp_path, "cowrie.json.1", "a", range(0, 10), folder="one", uuid="u")
    write(tmp_path, "cowrie.json.2", "b", range(0, 20), folder="two")
    write(tmp_path, "cowrie.json.3", "c", range(30, 40), folder="two", uuid="u")
    load_folder(warehouse, tmp_path)
    assert replaced(warehouse) == {"a": "c"}
    write(tmp_path, "cowrie.json.4", "d", range(50, 60), folder="three")
    load_folder(warehouse, tmp_path)
    assert replaced(warehouse) == {"a": "c"}
