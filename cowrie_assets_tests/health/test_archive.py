"""What `doctor` says of the archive."""

from datetime import date
from pathlib import Path

from cowrie_assets.archives.places import FolderPlace
from cowrie_assets.configuration import Configuration
from cowrie_assets.health.archive import archive_findings
from cowrie_assets.operations.archive import archive, prune
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.seal import seal
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events
from cowrie_assets_tests.loading import write_log

DAY, NEXT = date(2026, 8, 28), date(2026, 8, 29)


def told(warehouse: Warehouse, **environment: str) -> list[tuple[str, str]]:
    return [(each.level, each.message) for each in archive_findings(Configuration(environment), warehouse)]


def test_an_archive_that_days_rest_on_must_be_named_reached_and_whole(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    write_log(tmp_path / "logs", [events.line(number) for number in range(12)])
    with Warehouse.open(f"sqlite:///{tmp_path / 'warehouse.db'}") as warehouse:
        assert told(warehouse) == []
        ingest(warehouse, Settings(log_root=tmp_path / "logs"))
        seal(warehouse, None, DAY)
        archive(warehouse, FolderPlace(folder), None, NEXT)
        assert told(warehouse, COWRIE_ARCHIVE_URL=str(folder)) == [("ok", f"{folder}: 1 file; 0 days rest on it")]
        prune(warehouse, FolderPlace(folder), None, NEXT)
        assert told(warehouse) == [("warning", "1 day rests on an archive that COWRIE_ARCHIVE_URL does not name")]
        assert told(warehouse, COWRIE_ARCHIVE_URL=str(folder)) == [("ok", f"{folder}: 1 file; 1 day rests on it")]
        next(folder.rglob("*.parquet")).unlink()
        (found,) = told(warehouse, COWRIE_ARCHIVE_URL=str(folder))
        assert found == ("error", f"{folder} lacks the files of 1 day that rest on it, the first of 2026-08-28")
        (found,) = told(warehouse, COWRIE_ARCHIVE_URL="nosuch://host/folder")
        assert (found[0], "nosuch" in found[1]) == ("error", True)
        assert told(warehouse, COWRIE_PRUNE_AFTER_DAYS="7")[0][0] == "error"
