"""What Dagster is told: names, groups, partitions, checks, jobs, sensors; and that it shows no secret."""

import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy import text

from cowrie_assets.definitions import defs
from cowrie_assets.defs.columns import column_schema
from cowrie_assets.health.looks import LOOKS
from cowrie_assets.reports.checks import PROMISES
from cowrie_assets.reports.periods import REPORT_TYPES
from cowrie_assets.summaries.checks import CHECKS
from cowrie_assets.warehouse.engine import Warehouse

TABLES = ("session_summaries", "command_stats", "login_stats", "files")
SUMMARIES = (*TABLES, "sightings")


@pytest.fixture(scope="module")
def specs() -> dict[str, dg.AssetSpec]:
    return {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}


def test_everything_loads() -> None:
    dg.Definitions.validate_loadable(defs)


def test_assets_groups_and_partitions(specs) -> None:
    assert {name: (spec.group_name, _cadence(spec)) for name, spec in specs.items()} == {
        "log_files": ("ingest", None),
        "raw_events": ("ingest", "daily"),
        **dict.fromkeys(SUMMARIES, ("summaries", "daily")),
        "daily_report": ("reports", "daily"),
        "weekly_report": ("reports", "weekly"),
        "monthly_report": ("reports", "monthly"),
        "report_publication": ("reports", None),
    }
    for name, spec in specs.items():
        assert spec.owners, name
        assert spec.kinds, name
        assert len(spec.description or "") > 60, name


def test_lineage(specs) -> None:
    parents = {name: {dep.asset_key.to_user_string() for dep in spec.deps} for name, spec in specs.items()}
    assert parents == {
        "log_files": set(),
        "raw_events": {"log_files"},
        "session_summaries": {"raw_events"},
        **{name: {"raw_events", "session_summaries"} for name in TABLES[1:]},
        "sightings": set(TABLES),
        **{f"{kind}_report": set(SUMMARIES) for kind in ("daily", "weekly", "monthly")},
        "report_publication": {f"{kind}_report" for kind in ("daily", "weekly", "monthly")},
    }


def test_every_writing_asset_waits_for_the_writer_takes_ranges_and_retries(specs) -> None:
    for name in specs.keys() - {"log_files", "report_publication"}:
        node = defs.resolve_asset_graph().get(dg.AssetKey(name))
        assert node.pools == {"warehouse_writer"}, name
        assert node.backfill_policy == dg.BackfillPolicy.multi_run(31), name
        assert node.code_version, name
        assert defs.resolve_assets_def(name).op.retry_policy.max_retries == 2, name
        assert (node.freshness_policy is None) == (name == "raw_events"), name


def test_publishing_holds_up_no_writer() -> None:
    node = defs.resolve_asset_graph().get(dg.AssetKey("report_publication"))
    assert node.pools == {"publisher"}
    assert defs.resolve_assets_def("report_publication").op.retry_policy.max_retries == 2


def test_every_check_of_the_domain_is_an_asset_check() -> None:
    keys = {key: definition for definition in defs.asset_checks or () for key in definition.check_keys}
    assert {(key.asset_key.to_user_string(), key.name) for key in keys} == {
        *((check.asset, check.name) for check in CHECKS),
        *((f"{kind}_report", name) for kind in REPORT_TYPES for name in PROMISES),
        ("report_publication", "every_report_is_published"),
        *(("log_files", name) for name in LOOKS),
    }
    not_blocking = {key.name for key, definition in keys.items() if not definition.get_spec_for_check_key(key).blocking}
    assert not_blocking == {"every_day_is_summarised", "every_report_is_published", *LOOKS}


def test_jobs_sensors_and_schedules_run_by_default() -> None:
    repository = defs.get_repository_def()
    assert set(repository.job_names) - {"__ASSET_JOB"} == {
        "ingest",
        "load_from_day",
        "daily_reports",
        "weekly_reports",
        "monthly_reports",
        "validate",
        "publish",
        "send_digests",
        "proof_of_logs",
        "reparse",
        "prune_history",
        "ingest_live",
    }
    assert {sensor.name: sensor.default_status.value for sensor in repository.sensor_defs} == {
        "new_logs": "RUNNING",
        "stale_reports": "RUNNING",
        "unpublished_reports": "STOPPED",
        "digests": "STOPPED",
        "failures": "STOPPED",
        "health": "RUNNING",
        "unrecorded_work": "RUNNING",
    }
    assert {
        schedule.name: (schedule.cron_schedule, schedule.default_status.value) for schedule in repository.schedule_defs
    } == {
        "close_day": ("15 0 * * *", "RUNNING"),
        "close_week": ("45 0 * * 1", "RUNNING"),
        "close_month": ("45 0 1 * *", "RUNNING"),
        "prove_closed_logs": ("30 2 * * *", "RUNNING"),
        "check_everything": ("30 3 * * *", "RUNNING"),
        "keep_history_small": ("30 4 * * *", "RUNNING"),
    }


@pytest.mark.parametrize(
    ("variable", "value", "running"),
    [
        ("COWRIE_ELASTICSEARCH_URL", "https://es.example:9200", {"unpublished_reports"}),
        ("COWRIE_OPENSEARCH_URL", "no url", {"unpublished_reports"}),
        ("COWRIE_SMTP_URL", "smtp://mail.example", {"digests", "failures"}),
        ("COWRIE_SLACK_WEBHOOK", "env:HOOK", {"digests", "failures"}),
        ("COWRIE_WEBHOOK_URL", "", set()),
    ],
)
def test_what_is_switched_on_has_its_sensors_running(variable: str, value: str, running: set[str]) -> None:
    """Also where the setting cannot be used: its ticks say so."""
    program = (
        "from cowrie_assets.definitions import defs\n"
        "sensors = defs.get_repository_def().sensor_defs\n"
        "print(*(sensor.name for sensor in sensors if sensor.default_status.value == 'RUNNING'))"
    )
    environment = {**os.environ, variable: value}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert set(ran.stdout.split()) == {"new_logs", "stale_reports", "health", "unrecorded_work"} | running


@pytest.mark.parametrize("table", ["raw_events", *SUMMARIES])
def test_columns_shown_are_the_columns_there(table: str, tmp_path: Path) -> None:
    with Warehouse.open(f"sqlite:///{tmp_path / 'w.db'}") as warehouse, warehouse.read() as connection:
        there = list(connection.execute(text(f"SELECT * FROM {table}")).keys())
    assert [column.name for column in column_schema(table).columns] == there


def test_a_password_is_in_nothing_that_dagster_shows(tmp_path: Path) -> None:
    program = (
        "from dagster._core.remote_representation.external_data import RepositorySnap\n"
        "from dagster._serdes import serialize_value\n"
        "from cowrie_assets.definitions import defs\n"
        "print(serialize_value(RepositorySnap.from_def(defs.get_repository_def())))\n"
    )
    environment = {**os.environ, "COWRIE_DATABASE_URL": "postgresql://cowrie:hunter2@db.example/cowrie"}
    ran = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert "hunter2" not in ran.stdout + ran.stderr
    assert "COWRIE_DATABASE_URL" in ran.stdout
    assert "db.example" in ran.stdout


def _cadence(spec: dg.AssetSpec) -> str | None:
    kinds = {"0 0 * * *": "daily", "0 0 * * 1": "weekly", "0 0 1 * *": "monthly"}
    partitions = spec.partitions_def
    return kinds[partitions.cron_schedule] if isinstance(partitions, dg.TimeWindowPartitionsDefinition) else None
