"""How much of their JSON archived days take: at most 12 %, on small days, too."""

from datetime import date
from pathlib import Path

import pytest

from benchmarks.generate import generate
from cowrie_assets.archives.places import FolderPlace
from cowrie_assets.operations.archive import archive, archived_days
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.seal import seal
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse


@pytest.mark.parametrize("logs", ["sample", "generated"])
def test_days_take_at_most_12_percent_of_their_json(logs: str, sample_logs: Path, tmp_path: Path) -> None:
    root = sample_logs
    if logs == "generated":
        root = tmp_path / "logs"
        generate(root, events=4_000)
    place = FolderPlace(tmp_path / "archive")
    with Warehouse.open(f"sqlite:///{tmp_path / 'warehouse.db'}") as warehouse:
        ingest(warehouse, Settings(log_root=root))
        seal(warehouse, None, date(2026, 9, 30))
        archive(warehouse, place, None, date(2026, 10, 1))
        files = [each.file for each in archived_days(warehouse, place, None, date(2026, 10, 1))]
    sizes = sum(file.size_bytes for file in files if file is not None)
    assert sizes <= 0.12 * sum(file.payload_bytes for file in files if file is not None)
