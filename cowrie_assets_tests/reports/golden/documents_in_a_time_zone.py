"""Loads a folder of logs and prints documents as JSON lines: run by itself, for a host in another time zone.

TZ=Europe/Berlin python -m cowrie_assets_tests.reports.golden.documents_in_a_time_zone LOGS URL daily:2026-03-29 ...
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from cowrie_assets.operations.ingest import ingest
from cowrie_assets.reports.json_writer import dump
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.reports.golden.evidence import Evidence
from cowrie_assets_tests.reports.golden.loaded import Corpus, Loaded

NOW = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)


def main(logs: Path, database_url: str, periods: list[str]) -> None:
    with Warehouse.open(database_url) as warehouse:
        ingest(warehouse, Settings(log_root=logs, database_url=database_url))
        loaded = Loaded(Corpus(logs, Evidence((), ())), warehouse)
        for period in periods:
            document = loaded.built(*period.split(":"), None, NOW)
            sys.stdout.buffer.write(dump(document, pretty=False))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
