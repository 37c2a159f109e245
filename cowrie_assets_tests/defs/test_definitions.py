"""What Dagster is told: all definitions, as `definitions.yaml` has them, and what each of them has to have."""

from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy import text

from cowrie_assets.definitions import defs
from cowrie_assets.defs.assets.summaries import SUMMARY_NAMES
from cowrie_assets.defs.columns import column_schema
from cowrie_assets.health.looks import LOOKS
from cowrie_assets.operations.day_checks import DAY_CHECKS
from cowrie_assets.reports.checks import PROMISES, PROMISES_OF_FILES
from cowrie_assets.reports.periods import REPORT_TYPES
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.defs.snapshot import COMMAND, FILE, snapshot


@pytest.fixture(scope="module")
def specs() -> dict[str, dg.AssetSpec]:
    return {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}


def test_everything_loads() -> None:
    dg.Definitions.validate_loadable(defs)


def test_the_definitions_are_those_that_were_reviewed() -> None:
    assert snapshot() == FILE.read_text(encoding="utf-8"), f"where the difference is meant: {COMMAND}"


def test_every_asset_says_what_it_is_and_whose(specs) -> None:
    for name, spec in specs.items():
        assert spec.owners, name
        assert spec.kinds, name
        assert len(spec.description or "") > 60, name


def test_every_check_of_the_domain_is_an_asset_check() -> None:
    keys = {key for definition in defs.asset_checks or () for key in definition.check_keys}
    assert {(key.asset_key.to_user_string(), key.name) for key in keys} == {
        *((check.asset, check.name) for check in DAY_CHECKS),
        *((f"{kind}_report", name) for kind in REPORT_TYPES for name in (*PROMISES, *PROMISES_OF_FILES)),
        ("report_publication", "every_report_is_published"),
        ("raw_event_archive", "archive_holds_what_left"),
        ("campaigns", "campaigns_equal_recomputation"),
        ("indicators", "indicators_have_evidence"),
        *(
            ("enrichment_coverage", name)
            for name in ("backlogs_are_worked_off", "services_answer", "sources_are_fresh")
        ),
        *(("log_files", name) for name in LOOKS),
    }


@pytest.mark.parametrize("table", ["raw_events", *SUMMARY_NAMES])
def test_columns_shown_are_the_columns_there(table: str, tmp_path: Path) -> None:
    with Warehouse.open(f"sqlite:///{tmp_path / 'w.db'}") as warehouse, warehouse.read() as connection:
        there = list(connection.execute(text(f"SELECT * FROM {table}")).keys())
    assert [column.name for column in column_schema(table).columns] == there
