"""A database of revision 0001 with events in it: upgraded, it becomes what a clean load gives, and says how."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.reparse import reparse
from cowrie_assets.operations.status import status
from cowrie_assets.sensors_file import read_sensors_file
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse import versions
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.errors import WarehouseError
from cowrie_assets_tests import tables
from cowrie_assets_tests.operations.test_reparse import equals_a_clean_load, is_sound
from cowrie_assets_tests.warehouse.old_database import CASES, make_old_database, write_read_logs

pytestmark = pytest.mark.sqlite_first

EVENTS = 24 + 16 + 20 + 2
"""In the logs, each of them in its own folder."""


@pytest.fixture(params=["loaded_once", "loaded_twice"])
def upgraded(request: pytest.FixtureRequest, empty_database_url: str, tmp_path: Path) -> Iterator[Warehouse]:
    root = tmp_path / "logs"
    write_read_logs(root)
    with Warehouse.connect(empty_database_url) as warehouse:
        make_old_database(warehouse, request.param, root)
        with pytest.raises(WarehouseError, match="run `cowrie-assets db upgrade`"):
            Warehouse.open(empty_database_url)
        assert versions.upgrade(warehouse) == versions.REVISIONS[-1]
    with Warehouse.open(empty_database_url) as warehouse:
        yield warehouse


@pytest.fixture
def settings(empty_database_url: str, tmp_path: Path) -> Settings:
    return Settings(log_root=tmp_path / "logs", database_url=empty_database_url, report_dir=tmp_path / "reports")


_AS_TOLD = ("delta", "reparse", "bulk")


@pytest.mark.parametrize("named", [pytest.param(False, marks=pytest.mark.soak, id="without a sensors file"), True])
@pytest.mark.parametrize(
    "steps",
    [pytest.param(each, marks=pytest.mark.soak if each != _AS_TOLD else ()) for each in permutations(_AS_TOLD)],
    ids="-".join,
)
def test_in_any_order_of_steps_it_ends_as_a_clean_load(
    upgraded: Warehouse, settings: Settings, steps: tuple[str, ...], named: bool
) -> None:
    if named:
        settings = replace(settings, registry=read_sensors_file(CASES / "01_alias_added_later" / "s.toml"))
    for number, step in enumerate(steps):
        if step == "reparse":
            reparse(upgraded, settings)
        else:
            warnings = ingest(upgraded, settings, mode=step).load.warnings  # type: ignore[arg-type]
            told = [warning for warning in warnings if "run `cowrie-assets reparse`" in warning]
            assert told or "reparse" in steps[:number]
        if step != "reparse" or number:
            is_sound(upgraded, settings)
    ingest(upgraded, settings)
    if steps[0] == "reparse" and status(upgraded, settings.registry).outdated.sentences():
        reparse(upgraded, settings)  # of a log of two folders an ingest tells first whose it is
        ingest(upgraded, settings)
    assert status(upgraded, settings.registry).outdated.sentences() == []
    equals_a_clean_load(upgraded, settings)
    assert len(tables.rows(upgraded, "raw_events")) == EVENTS
    logs = tables.rows(upgraded, "log_files")
    assert sum(log["lines"] for log in logs) == EVENTS + 2
    assert sum(log["events"] for log in logs) == EVENTS
    dead = tables.rows(upgraded, "dead_letter_events")
    assert sorted(Path(row["path"]).parent.name for row in dead) == ["alpha", "beta"]
