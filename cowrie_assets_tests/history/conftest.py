"""A small code location whose runs are quick, and an instance of Dagster in a folder of the test's own."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy.engine import make_url

from cowrie_assets_tests.dagster_migrations import read_once
from cowrie_assets_tests.databases import SQLITE_FIRST, Databases

read_once()
DAILY = dg.DailyPartitionsDefinition("2025-01-01", end_date="2027-01-01")
NOW = datetime.now(UTC)


@dg.asset(name="raw_events", partitions_def=DAILY, code_version="1")
def _raw_events(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    if context.run.tags.get("fails"):
        raise dg.Failure("the disk is full", allow_retries=False)
    table = dg.MetadataValue.table([dg.TableRecord({"address": "192.0.2.7", "sessions": 3})])
    return dg.MaterializeResult(metadata={"events": 3, "run": context.run.run_id, "top": table})


@dg.asset(name="session_summaries", deps=[_raw_events], partitions_def=DAILY, code_version="1")
def _session_summaries(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"sessions": 1, "run": context.run.run_id})


@dg.asset_check(asset=_session_summaries)
def _rows_add_up(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed="wrong" not in context.run.tags, metadata={"run": context.run.run_id})


@dg.asset(name="report_publication")
def _report_publication(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"run": context.run.run_id})


DEFINITIONS = dg.Definitions(
    assets=[_raw_events, _session_summaries, _report_publication, dg.AssetSpec("log_files")],
    asset_checks=[_rows_add_up],
    jobs=[
        dg.define_asset_job("ingest", dg.AssetSelection.assets("raw_events", "session_summaries")),
        dg.define_asset_job(
            "ingest_live", dg.AssetSelection.assets("raw_events", "session_summaries").without_checks()
        ),
        dg.define_asset_job("publish", dg.AssetSelection.assets("report_publication")),
    ],
    executor=dg.in_process_executor,
)


@dataclass(frozen=True)
class Recorded:
    """An instance, and runs that were executed on it."""

    instance: dg.DagsterInstance

    def run(self, key: str | None = None, job: str = "ingest", **tags: str) -> str:
        """Execute a run over a partition, or of `publish` without any; gives its id."""
        wanted = {"dagster/partition": key} if key else {}
        definition = DEFINITIONS.resolve_job_def(job if key else "publish")
        quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
        done = definition.execute_in_process(
            instance=self.instance, tags=wanted | tags, raise_on_error=False, run_config=quiet
        )
        return done.run_id

    @property
    def home(self) -> Path:
        return Path(self.instance.root_directory)

    def step_logs(self) -> set[str]:
        """The runs that have a step log in a file."""
        return {path.stem for path in (self.home / "history" / "runs").glob("*-*.db")}

    def runs(self) -> set[str]:
        return set(self.instance.get_run_ids())


def later(days: float) -> datetime:
    """So many days after the test began: what runs now is so old then."""
    return NOW + timedelta(days=days)


def made_instance(folder: Path, postgres_url: str | None = None) -> dg.DagsterInstance:
    """An instance in a new folder; its records in a database of PostgreSQL, where one is given."""
    folder.mkdir(parents=True)
    settings = "telemetry: {enabled: false}\n"
    if postgres_url is not None:
        url = make_url(postgres_url).set(drivername="postgresql+psycopg2").render_as_string(hide_password=False)
        settings += f'storage: {{postgres: {{postgres_url: "{url}"}}}}\n'
    (folder / "dagster.yaml").write_text(textwrap.dedent(settings))
    return dg.DagsterInstance.from_config(str(folder))


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorded]:
    """An empty history in SQLite files, as Dagster keeps it where nothing is configured."""
    with made_instance(tmp_path / "home") as instance:
        yield Recorded(instance)


@pytest.fixture(params=SQLITE_FIRST)
def recorded_anywhere(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[Recorded]:
    """An empty history on each engine."""
    url = databases.postgres.new(empty=True) if request.param == "postgresql" else None
    with made_instance(tmp_path / "home", url) as instance:
        yield Recorded(instance)
    if url is not None:
        databases.postgres.drop(url)
