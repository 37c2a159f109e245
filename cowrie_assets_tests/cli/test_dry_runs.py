"""A dry run changes nothing, so it needs no right to: for who may only read it says what it says to who may write."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import click
import pytest
from sqlalchemy import URL

from cowrie_assets.cli.app import commands
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse import apsw_dbapi
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import tables
from cowrie_assets_tests.cli.conftest import Cowrie, Outcome
from cowrie_assets_tests.cli.test_collect import Login, central, login  # noqa: F401  (fixtures)
from cowrie_assets_tests.databases import Databases

_DAY = "2026-08-31"
_DRY_RUNS = {
    "dead-letters replay": [()],
    "digest send": [("daily", _DAY)],
    "enrich run": [("--service", "virustotal"), ("--service", "virustotal", "ab" * 32, "--refresh")],
    "privacy": [("--passwords-days", "1")],
    "publication run": [()],
    "rebuild": [("--rows",)],
    "reparse": [(), ("--from", _DAY, "--to", _DAY)],
    "report": [("daily", _DAY, "--publish")],
}
_WITHOUT_WAREHOUSE = {"history prune"}
_ENVIRONMENT = {
    "COWRIE_ELASTICSEARCH_URL": "http://127.0.0.1:1",
    "COWRIE_VIRUSTOTAL_KEY": "env:NO_SECRET",
    "COWRIE_PRIVACY_MODE": "drop",
    "NO_SECRET": "https://127.0.0.1:1/",
    "COWRIE_WEBHOOK_URL": "env:NO_SECRET",
}
_MADE_AT = re.compile(r'"generated_at":"[^"]*"')
ReadOnly = Callable[[], None]


@pytest.fixture
def writer_url(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> str:
    """A warehouse without anything in it."""
    if request.param == "sqlite":
        return databases.new("sqlite", tmp_path)
    url: URL = request.getfixturevalue("central")
    return url.render_as_string(hide_password=False)


@pytest.fixture
def read_only(request: pytest.FixtureRequest, writer_url: str, monkeypatch: pytest.MonkeyPatch) -> ReadOnly:
    """Takes the right to write."""

    def take() -> None:
        if writer_url.startswith("sqlite"):
            monkeypatch.setattr(apsw_dbapi, "connect", partial(apsw_dbapi.connect, read_only=True))
        else:
            make: Login = request.getfixturevalue("login")
            monkeypatch.setenv("COWRIE_DATABASE_URL", make("cowrie_reader"))

    return take


def dry_runs(group: click.Group, *path: str) -> Iterator[str]:
    """The commands that have a dry run."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from dry_runs(command, *path, name)
        elif command is not None and any("--dry-run" in each.opts for each in command.params):
            yield " ".join((*path, name))


def test_each_dry_run_is_tried() -> None:
    assert set(dry_runs(commands)) == _DRY_RUNS.keys() | _WITHOUT_WAREHOUSE


@pytest.mark.parametrize("writer_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)], indirect=True)
def test_a_dry_run_needs_no_right_to_write(
    writer_url: str, read_only: ReadOnly, cowrie: Cowrie, sample_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**_ENVIRONMENT, "COWRIE_DATABASE_URL": writer_url}.items():
        monkeypatch.setenv(name, value)
    with Warehouse.open(writer_url) as warehouse:
        ingest(warehouse, sample_settings)
        assert cowrie("report", "daily", _DAY, "--output", sample_settings.report_dir).code == 0
        before = tables.contents(warehouse)
    sensors = sample_settings.report_dir.parent / "sensors.toml"
    sensors.write_text('[[sensor]]\nname = "renamed"\naliases = ["hp-fra-01"]\nclock_offset = "+01:00"\n')
    monkeypatch.setenv("COWRIE_SENSORS_FILE", str(sensors))
    wanted = [(*name.split(), *each, "--dry-run") for name, every in _DRY_RUNS.items() for each in every]

    def told() -> dict[tuple[str, ...], Outcome]:
        outcomes = {each: cowrie(*each) for each in wanted}
        return {each: replace(found, out=_MADE_AT.sub("", found.out)) for each, found in outcomes.items()}

    to_writer = told()
    assert [(each, outcome.err) for each, outcome in to_writer.items() if outcome.code] == []
    read_only()
    to_reader = told()
    assert [(each, to_reader[each].err) for each in wanted if to_reader[each] != to_writer[each]] == []
    assert cowrie("reparse").code == 1, "nothing keeps who reads from writing"
    monkeypatch.undo()
    with Warehouse.open(writer_url) as warehouse:
        assert tables.contents(warehouse) == before
