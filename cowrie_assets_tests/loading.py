"""Lines into a warehouse, as short as a test wants to say it; and a warehouse's tables put back as they were."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from cowrie_assets.ingest.load import Mode, load
from cowrie_assets.ingest.load_result import LoadResult
from cowrie_assets.operations.day_checks import run_day_checks
from cowrie_assets.operations.evidence import check_evidence
from cowrie_assets.operations.logs import find_logs
from cowrie_assets.operations.names_check import check_names
from cowrie_assets.operations.validate import check_recomputed
from cowrie_assets.sensor_registry import SensorRegistry
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.checks import CheckResult, run_checks
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import metadata
from cowrie_assets_tests import tables

Snapshot = dict[str, list[Row[Any]]]

ALL_DAYS_WAIT = "INSERT INTO waiting_sessions (event_day, session_ref, step) SELECT event_day, 0, 1 FROM event_days"
"""Has the summaries of every day made anew by the next refresh."""


def write_log(root: Path, lines: Iterable[bytes], name: str = "cowrie.json.1", sensor: str = "hp-test") -> Path:
    """A log below `root` that holds `lines`, each with its newline."""
    path = root / sensor / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def load_folder(warehouse: Warehouse, root: Path, mode: Mode = "delta", **settings: Any) -> LoadResult:
    """Load every log below `root`; refreshes nothing."""
    chosen = Settings(log_root=root, **settings)
    return load(warehouse, chosen, logs=find_logs(chosen).logs, mode=mode)


def load_lines(warehouse: Warehouse, root: Path, *lines: bytes, **settings: Any) -> LoadResult:
    """Load `lines` as one more rotated log below `root`; refreshes nothing."""
    number = sum(1 for _ in root.rglob("cowrie.json.*")) + 1
    path = write_log(root, lines, f"cowrie.json.{number}")
    chosen = Settings(log_root=root, **settings)
    return load(warehouse, chosen, logs=find_logs(chosen, [path]).logs)


def snapshot(warehouse: Warehouse) -> Snapshot:
    """Every row of every table."""
    with warehouse.read() as connection:
        return {name: list(connection.execute(table.select())) for name, table in metadata.tables.items()}


def restore(warehouse: Warehouse, rows: Snapshot) -> None:
    """Make the tables hold exactly `rows`."""
    now = snapshot(warehouse)
    with warehouse.write() as connection:
        for name, table in metadata.tables.items():
            if set(now[name]) != set(rows[name]):
                connection.execute(table.delete())
                if rows[name]:
                    connection.execute(table.insert(), [row._asdict() for row in rows[name]])


def payloads(warehouse: Warehouse) -> list[bytes]:
    """The JSON of every event stored, sorted."""
    return sorted(row["payload"].encode("utf-8", "surrogatepass") for row in tables.rows(warehouse, "raw_events"))


def is_proven(warehouse: Warehouse, registry: SensorRegistry = SensorRegistry()) -> None:  # noqa: B008
    """Asserts that no check finds anything."""
    results = [*run_checks(warehouse), check_evidence(warehouse, registry)]
    assert [result for result in results if not result.passed] == []


def wrong_rows(warehouse: Warehouse, settings: Settings) -> list[CheckResult]:
    """What `validate` finds in events and summaries. What it finds in reports follows from these, and takes as long as
    to build them all: tests of what is stored leave it to those of reports."""
    evidence = check_evidence(warehouse, settings.registry)
    found = [*run_day_checks(warehouse), check_recomputed(warehouse), evidence, check_names(warehouse)]
    return [each for each in found if not each.passed]


def lines_of(result: LoadResult) -> tuple[int, int, int, int, int]:
    """Lines, events, duplicates, dead letters, blank; asserts that the first is the sum of the others."""
    assert result.lines == result.events + result.duplicates + result.dead_letters + result.blank
    return result.lines, result.events, result.duplicates, result.dead_letters, result.blank
