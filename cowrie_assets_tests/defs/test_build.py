"""The definitions under an environment, and that nothing else of the environment is in them."""

import os
import subprocess
import sys

import dagster as dg
import pytest
from dagster._core.remote_representation.external_data import RepositorySnap
from dagster._serdes import serialize_value

from cowrie_assets.defs.build import build_defs
from cowrie_assets.defs.resources import SettingsResource, WarehouseResource

ALWAYS_RUNNING = {"new_logs", "stale_reports", "health", "left_runs", "unrecorded_work"}

_READ_AT_IMPORT = """
import importlib, os, pkgutil, sys

read = set()

def note(name):
    frame = sys._getframe(2)
    while frame.f_globals["__name__"] in ("os", "collections.abc"):
        frame = frame.f_back
    if frame.f_globals["__name__"].startswith("cowrie_assets."):
        read.add(name)

class Watched(type(os.environ)):
    def __getitem__(self, name):
        note(name)
        return super().__getitem__(name)

    def __contains__(self, name):
        note(name)
        return super().__contains__(name)

os.environ.__class__ = Watched
from cowrie_assets import defs
for module in pkgutil.walk_packages(defs.__path__, "cowrie_assets.defs."):
    importlib.import_module(module.name)
print(*sorted(read))
"""
"""Imports every module of `defs/`; prints which variables our own code reads, be they set or not."""


def test_modules_read_nothing_but_the_first_day_as_they_are_imported() -> None:
    others = {"COWRIE_DATABASE_URL": "sqlite:////nowhere/w.db", "COWRIE_OPENSEARCH_URL": "https://search.example:9200"}
    ran = subprocess.run(
        [sys.executable, "-c", _READ_AT_IMPORT],
        env={**os.environ, **others, "COWRIE_FIRST_DAY": "2026-08-01"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.split() == ["COWRIE_FIRST_DAY"]


@pytest.mark.parametrize(
    ("variable", "value", "switched_on"),
    [
        ("COWRIE_ELASTICSEARCH_URL", "https://es.example:9200", {"unpublished_reports"}),
        ("COWRIE_OPENSEARCH_URL", "no url", {"unpublished_reports"}),
        ("COWRIE_SMTP_URL", "smtp://mail.example", {"digests", "failures"}),
        ("COWRIE_SLACK_WEBHOOK", "env:HOOK", {"digests", "failures"}),
        ("COWRIE_WEBHOOK_URL", "", set()),
    ],
)
def test_what_is_switched_on_has_its_sensors_running(variable: str, value: str, switched_on: set[str]) -> None:
    """Also where the setting cannot be used: its ticks say so."""
    sensors = build_defs({variable: value}).get_repository_def().sensor_defs
    running = {sensor.name for sensor in sensors if sensor.default_status is dg.DefaultSensorStatus.RUNNING}
    assert running == ALWAYS_RUNNING | switched_on


@pytest.mark.parametrize(("value", "days"), [("7", 7), ("", 31), ("none", 31)])
def test_a_backfill_is_cut_into_runs_as_configured(value: str, days: int) -> None:
    """A value that cannot be used shows as none: its runs say so."""
    graph = build_defs({"COWRIE_DAYS_A_RUN": value}).get_repository_def().asset_graph
    for name in "raw_events", "session_summaries", "daily_report", "weekly_report":
        assert graph.get(dg.AssetKey(name)).backfill_policy == dg.BackfillPolicy.multi_run(days)


def test_a_password_is_in_nothing_that_dagster_shows() -> None:
    definitions = build_defs({"COWRIE_DATABASE_URL": "postgresql://cowrie:hunter2@db.example/cowrie"})
    shown = serialize_value(RepositorySnap.from_def(definitions.get_repository_def()))
    assert "hunter2" not in shown
    assert "COWRIE_DATABASE_URL" in shown
    assert "db.example" in shown


def test_resources_can_be_given_for_a_variant() -> None:
    given = {
        "warehouse": WarehouseResource(database_url="sqlite:///another.db"),
        "settings": SettingsResource(log_root="logs", report_dir="reports"),
    }
    assert build_defs({}, resources=given).resources == given
