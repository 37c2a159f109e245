"""Checks that are done side by side."""

from dataclasses import dataclass

import pytest

from cowrie_assets.errors import UserError
from cowrie_assets.operations.side_by_side import SideBySide
from cowrie_assets.progress import Progress, silent
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse

pytestmark = pytest.mark.sqlite_first


@dataclass(frozen=True)
class _Fails:
    about = "what fails"

    def run(self, _: Warehouse, __: Settings) -> int:
        raise UserError("the archive is gone")


@dataclass(frozen=True)
class _Number:
    number: int
    about = "a number"

    def run(self, _: Warehouse, __: Settings) -> int:
        return self.number


@pytest.mark.parametrize("workers", [1, 2])
def test_each_part_is_done_once_and_progress_ends_at_all(warehouse: Warehouse, database_url: str, workers: int) -> None:
    told: list[Progress] = []
    run = SideBySide(warehouse, Settings(database_url=database_url), told.append)
    asked = [run.ask(_Number(number)) for number in range(20)]
    run.go(workers)
    assert [each.result() for each in asked] == list(range(20))
    assert (told[-1].done, told[-1].total) == (20, 20)


@pytest.mark.parametrize("position", [0, 1])
def test_a_part_that_fails_ends_all_with_its_error(warehouse: Warehouse, database_url: str, position: int) -> None:
    """Wherever it is done: nothing else is begun then, and no process stays."""
    run = SideBySide(warehouse, Settings(database_url=database_url), silent)
    for number in range(3):
        run.ask(_Fails() if number == position else _Number(number))
    with pytest.raises(UserError, match="the archive is gone"):
        run.go(2)
