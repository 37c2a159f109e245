"""A stand-in server of each product, a warehouse with written reports, and publishing that does not wait."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cowrie_assets.clock import iso_us, now_us
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.publishing.connecting import connect
from cowrie_assets.publishing.destination import Destination
from cowrie_assets.publishing.patience import Patience
from cowrie_assets.publishing.publication import PublicationResult, publish_pending
from cowrie_assets.publishing.server import SearchServer
from cowrie_assets.publishing.setup import set_up
from cowrie_assets.reports.document import ReportDocument, build_report
from cowrie_assets.reports.files import report_path
from cowrie_assets.reports.periods import parse_period
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import publications, reports
from cowrie_assets.warehouse.upsert import upsert
from cowrie_assets_tests.databases import Databases
from cowrie_assets_tests.publishing.stand_in import StandIn, running

AT_ONCE = Patience(sleep=lambda _seconds: None)
VERSIONS = {"elasticsearch": "8.19.3", "opensearch": "2.19.1"}


@pytest.fixture(params=["elasticsearch", "opensearch"])
def stand_in(request: pytest.FixtureRequest) -> Iterator[StandIn]:
    """An empty server of each product."""
    with running(StandIn(request.param, VERSIONS[request.param])) as server:
        yield server


@pytest.fixture
def elastic() -> Iterator[StandIn]:
    """An empty Elasticsearch."""
    with running(StandIn()) as server:
        yield server


def connected(stand_in: StandIn, **options: Any) -> SearchServer:
    seconds = options.pop("request_seconds", 5.0)
    return connect(Destination(stand_in.product, (stand_in.url,), **options), request_seconds=seconds)


def document(report_type: str, period: str, sensor: str, generated_at: int, sessions: int = 0) -> dict[str, Any]:
    """As much of a report document as publishing looks at."""
    start = parse_period(report_type, period).start  # type: ignore[arg-type]
    return {
        "schema_version": 1,
        "report_type": report_type,
        "period": period,
        "start": f"{start}T00:00:00Z",
        "sensor": sensor,
        "generated_at": iso_us(generated_at),
        "complete": True,
        "sessions": {"total": sessions, "protocols": {"ssh": sessions}},
    }


@dataclass
class House:
    """A warehouse and a report folder."""

    warehouse: Warehouse
    report_dir: Path

    def write(
        self,
        period: str,
        generated_at: int,
        *,
        report_type: str = "daily",
        sensors: tuple[str, ...] = ("hp-1",),
        sessions: int = 0,
    ) -> None:
        """A written report, as `write_reports` leaves it: files and the record."""
        for sensor in (*sensors, "aggregate"):
            path = report_path(self.report_dir, report_type, period, sensor)  # type: ignore[arg-type]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(document(report_type, period, sensor, generated_at, sessions)))
        with self.warehouse.write() as connection:
            key = {"report_type": report_type, "period": period}
            upsert(connection, reports, key, {"made_from": b"", "complete": 1, "generated_at": generated_at})

    def expected(self) -> dict[str, str]:
        """`generated_at` of every document that should be in the index, by id."""
        found = {}
        for path in self.report_dir.glob("*/*/*.json"):
            content = json.loads(path.read_bytes())
            found[f"{content['sensor']}:{content['report_type']}:{content['period']}"] = content["generated_at"]
        return found

    def publish(self, server: SearchServer) -> PublicationResult:
        return publish_pending(self.warehouse, self.settings, server, patience=AT_ONCE)

    @property
    def settings(self) -> Settings:
        return Settings(report_dir=self.report_dir)

    def empty(self) -> None:
        with self.warehouse.write() as connection:
            connection.execute(publications.delete())
            connection.execute(reports.delete())


@pytest.fixture
def house(warehouse: Warehouse, tmp_path: Path) -> House:
    """On each engine."""
    return House(warehouse, tmp_path / "reports")


@pytest.fixture
def sqlite_house(databases: Databases, tmp_path: Path) -> Iterator[House]:
    with Warehouse.open(databases.new("sqlite", tmp_path)) as warehouse:
        yield House(warehouse, tmp_path / "reports")


@pytest.fixture
def ready(elastic: StandIn) -> SearchServer:
    """A connection to an Elasticsearch that is set up; `elastic` is its other end."""
    server = connected(elastic)
    set_up(server)
    elastic.requests.clear()
    return server


@pytest.fixture(scope="session")
def full_documents(sample_logs: Path, tmp_path_factory: pytest.TempPathFactory) -> list[ReportDocument]:
    """Reports of the sample, of each type, of the aggregate and of a sensor, with every section that there is."""
    folder = tmp_path_factory.mktemp("sample")
    settings = Settings(log_root=sample_logs, database_url=f"sqlite:///{folder / 'w.db'}")
    with Warehouse.open(settings.database_url) as warehouse:
        ingest(warehouse, settings)
        with warehouse.read() as connection:
            return [
                build_report(connection, parse_period(report_type, period), sensor, now_us=now_us())
                for report_type, period in (("daily", "2026-08-31"), ("weekly", "2026-W36"), ("monthly", "2026-08"))
                for sensor in (None, "hp-fra-01")
            ]


def published(stand_in: StandIn) -> dict[str, list[str]]:
    """`generated_at` of every copy in the index, by id."""
    return {each: [copy["generated_at"] for copy in copies] for each, copies in stand_in.documents().items()}
