"""A line of 30 kB under limits of 20,000 and 100,000 bytes: it is taken up once the limit allows it, and stays."""

import shutil
from itertools import permutations
from pathlib import Path

import pytest

from cowrie_assets.operations.dead_letters import count_by_reason, iter_dead_letters
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.reparse import reparse
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import tables
from cowrie_assets_tests.operations.test_reparse import equals_a_clean_load, is_sound

LOGS = Path(__file__).parent / "03_line_limit_raised" / "logs"
STEPS = ("delta", "bulk", "reparse")
_FIRST, *_OTHERS = permutations(STEPS)
_REPARSED_FIRST = ("reparse", "bulk", "delta")
ORDERS = [
    _FIRST,
    *(
        pytest.param(order, marks=pytest.mark.sqlite_first if order == _REPARSED_FIRST else pytest.mark.soak)
        for order in _OTHERS
    ),
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(shutil.copytree(LOGS, tmp_path / "logs"))


@pytest.mark.parametrize("steps", ORDERS, ids="-".join)
def test_the_line_is_taken_up_once_the_limit_is_raised(
    warehouse: Warehouse, root: Path, steps: tuple[str, ...]
) -> None:
    low, high = (Settings(log_root=root, max_line_bytes=limit) for limit in (20_000, 100_000))
    first = ingest(warehouse, low).load
    assert (first.lines, first.events, first.dead_letters) == (12, 11, 1)
    assert ingest(warehouse, low).load.unchanged == 1
    inserted = 0
    for step in steps:
        if step == "reparse":
            reparse(warehouse, high)
        else:
            inserted += ingest(warehouse, high, mode=step).load.events  # type: ignore[arg-type]
        is_sound(warehouse, high)
    assert inserted == 1
    equals_a_clean_load(warehouse, high)
    (log,) = tables.rows(warehouse, "log_files")
    assert [log[name] for name in ("lines", "events", "duplicates", "dead_letters", "blank")] == [12, 12, 0, 0, 0]
    with warehouse.read() as connection:
        assert [(each.total, each.unresolved) for each in count_by_reason(connection)] == [(1, 0)]
        (letter,) = iter_dead_letters(connection, resolved=True)
    assert (letter.reason, letter.line_number, letter.resolution) == ("too_long", 7, "read well")
    assert letter.resolved_at is not None


@pytest.mark.parametrize("mode", ["delta", pytest.param("bulk", marks=pytest.mark.sqlite_first)])
@pytest.mark.sqlite_first
def test_a_limit_lowered_again_takes_nothing_back(warehouse: Warehouse, root: Path, mode: str) -> None:
    low, high = (Settings(log_root=root, max_line_bytes=limit) for limit in (20_000, 100_000))
    for settings in (high, low, high, low):
        ingest(warehouse, settings, mode=mode)  # type: ignore[arg-type]
        is_sound(warehouse, settings)
    equals_a_clean_load(warehouse, high)
    assert [row["dead_letters"] for row in tables.rows(warehouse, "log_files")] == [0]
