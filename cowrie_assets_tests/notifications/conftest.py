"""Receivers on loopback, and the written reports of the sample: what is sent, and to whom."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cowrie_assets.clock import to_us
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.reports.files import report_path, write_reports
from cowrie_assets.reports.periods import parse_period
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.notifications.receivers import MailServer, WebServer, mail_server, make_certificate

MORNING = to_us(datetime(2026, 9, 1, 6, tzinfo=UTC))
"""The day 2026-08-31 and the month 2026-08 are over, the week 2026-W36 runs."""

MINUTE = 60_000_000


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    us: int = MORNING

    def __call__(self) -> int:
        return self.us


@dataclass(frozen=True)
class Written:
    """A warehouse and the folder of its reports."""

    database_url: str
    report_dir: Path

    def document(self, report_type: Any = "daily", period: str = "2026-08-31") -> dict[str, Any]:
        document: dict[str, Any] = json.loads(
            report_path(self.report_dir, report_type, period, "aggregate").read_bytes()
        )
        return document


@pytest.fixture(scope="session")
def written_once(tmp_path_factory: pytest.TempPathFactory, sample_logs: Path) -> Written:
    folder = tmp_path_factory.mktemp("written")
    settings = Settings(
        log_root=sample_logs, database_url=f"sqlite:///{folder / 'w.db'}", report_dir=folder / "reports"
    )
    with Warehouse.open(settings.database_url) as warehouse:
        ingest(warehouse, settings, mode="bulk")
        for kind, label in (("daily", "2026-08-30"), ("daily", "2026-08-31"), ("monthly", "2026-08")):
            write_reports(warehouse, parse_period(kind, label), settings.report_dir, now_us=MORNING)  # type: ignore[arg-type]
        write_reports(warehouse, parse_period("weekly", "2026-W36"), settings.report_dir, now_us=MORNING)
    return Written(settings.database_url, settings.report_dir)


@pytest.fixture
def written(written_once: Written, tmp_path: Path) -> Written:
    """The sample's reports of 30 and 31 August, the month, and the week that runs: a copy of the test's own."""
    shutil.copytree(written_once.report_dir.parent, tmp_path / "written")
    return Written(f"sqlite:///{tmp_path / 'written' / 'w.db'}", tmp_path / "written" / "reports")


@pytest.fixture
def sample_warehouse(written: Written) -> Iterator[Warehouse]:
    with Warehouse.open(written.database_url) as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def web() -> Iterator[WebServer]:
    server = WebServer()
    yield server
    server.close()


@pytest.fixture
def mail() -> Iterator[MailServer]:
    """A server that asks for no login and offers no encryption."""
    with mail_server() as server:
        yield server


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("certificate"))
