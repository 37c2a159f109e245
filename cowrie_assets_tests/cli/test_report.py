"""`cowrie-assets report`: where its documents go, and what it refuses. Its numbers are in `test_commands.py`."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cowrie_assets.reports.staleness import written_at
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.cli.conftest import Cowrie
from cowrie_assets_tests.publishing.stand_in import StandIn, running

_SUFFIXES = (".json", ".txt", ".html")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """An empty Elasticsearch that the environment names."""
    with running(StandIn()) as server:
        monkeypatch.setenv("COWRIE_ELASTICSEARCH_URL", server.url)
        yield server


def test_a_page_on_standard_output(ingested: Cowrie) -> None:
    outcome = ingested("report", "daily", "2026-08-31", "--format", "html")
    assert outcome.code == 0
    assert outcome.out.startswith("<!DOCTYPE html>")
    assert outcome.out.rstrip().endswith("</html>")


def test_chosen_sensors_and_formats_are_written_with_an_index(ingested: Cowrie, tmp_path: Path) -> None:
    folder = tmp_path / "made"
    sensors = ("--sensor", "hp-fra-01", "--sensor", "hp-nyc-02", "--sensor", "hp-fra-01")
    outcome = ingested("report", "daily", "2026-08-31", *sensors, "--format", "html", "--output", folder)
    assert outcome.out == f"2 files written below {folder}.\n"
    pages = {str(file.relative_to(folder)) for file in folder.glob("*/*/*.html")}
    assert pages == {"daily/2026-08-31/hp-fra-01.html", "daily/2026-08-31/hp-nyc-02.html"}
    assert "hp-nyc-02.html" in (folder / "index.html").read_text()


def test_a_sensor_that_was_renamed_is_none_any_more(
    ingested: Cowrie, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ingested("backfill", "2026-08-31", "2026-08-31").code == 0
    folder = tmp_path / "reports" / "daily" / "2026-08-31"
    mine = [folder / name for name in ("notes.txt", "hp-old.html", "mine.json", "list.json", "copy.json")]
    for path in mine:
        path.write_text("[]")
    shutil.copy(folder / "hp-fra-01.json", folder / "copy.json")
    file = tmp_path / "sensors.toml"
    file.write_text('[[sensor]]\nname = "frankfurt"\naliases = ["hp-fra-01"]\n')
    monkeypatch.setenv("COWRIE_SENSORS_FILE", str(file))
    assert ingested("reparse").code == 0
    former = ingested("report", "daily", "2026-08-31", "--sensor", "hp-fra-01")
    assert former.code != 0
    assert "no log of a sensor 'hp-fra-01' was read; known sensors: 'frankfurt', 'hp-nyc-02'" in former.err
    assert ingested("report", "daily", "2026-08-31", "--sensor", "frankfurt").code == 0
    assert ingested("backfill", "2026-08-31", "2026-08-31").code == 0
    reports = {f"{name}{suffix}" for name in ("aggregate", "frankfurt", "hp-nyc-02") for suffix in _SUFFIXES}
    assert {path.name for path in folder.iterdir()} == reports | {"pages"} | {path.name for path in mine}


def test_the_report_folder_gets_what_belongs_there(ingested: Cowrie, tmp_path: Path) -> None:
    """The reports of all sensors, and a record of them: they become stale, and are written anew, as Dagster's are."""
    into = ("report", "daily", "2026-08-31", "--output", tmp_path / "x" / ".." / "reports")
    for option in (("--sensor", "hp-fra-01"), ("--format", "json"), ("--top", "3")):
        refused = ingested(*into, *option)
        assert (refused.code, "name another folder" in refused.err) == (2, True)
    told = ingested(*into, "--dry-run").out.splitlines()
    assert ingested(*into).out.startswith(f"{len(told)} files written below ")
    folder = tmp_path / "reports" / "daily" / "2026-08-31"
    assert {path.name for path in folder.glob("*.json")} == {"aggregate.json", "hp-fra-01.json", "hp-nyc-02.json"}
    with Warehouse.open(os.environ["COWRIE_DATABASE_URL"]) as warehouse, warehouse.read() as connection:
        assert [period.label for period in written_at(connection, "daily")] == ["2026-08-31"]


def test_a_dry_run_names_the_files_and_writes_none(ingested: Cowrie, tmp_path: Path) -> None:
    folder = tmp_path / "made"
    told = ingested("report", "weekly", "2026-W35", "--to", "2026-W36", "--output", folder, "--dry-run")
    assert told.code == 0
    assert not folder.exists()
    ingested("report", "weekly", "2026-W35", "--to", "2026-W36", "--output", folder)
    written = {str(file) for file in folder.glob("*/*/*.*")}
    assert set(told.out.splitlines()) == written


def test_documents_are_published_and_a_dry_run_prints_what_would_be_sent(ingested: Cowrie, server: StandIn) -> None:
    report = ("report", "daily", "2026-08-30", "--to", "2026-08-31", "--all-sensors", "--publish")
    lines = [json.loads(line) for line in ingested(*report, "--dry-run").out.splitlines()]
    assert server.documents() == {}
    would_be = {action["index"]["_id"]: line for action, line in zip(lines[::2], lines[1::2], strict=True)}
    assert set(would_be) == {
        f"{sensor}:daily:{day}"
        for sensor in ("aggregate", "hp-fra-01", "hp-nyc-02")
        for day in ("2026-08-30", "2026-08-31")
    }

    refused = ingested(*report)
    assert refused.code == 1
    assert "publication setup" in refused.err
    assert ingested("publication", "setup").code == 0
    published = ingested(*report)
    assert (published.code, published.out) == (0, "6 documents published.\n")
    stored = {each: copies for each, copies in server.documents().items() if copies}
    assert stored.keys() == would_be.keys()
    for name, (copy,) in stored.items():
        assert copy["sessions"] == would_be[name]["sessions"]


@pytest.mark.parametrize(
    ("periods", "told"),
    [
        (("daily", "2026-08-31"), ""),
        (("daily", "2020-01-01"), "no events of 2020-01-01: nothing was loaded for it\n"),
        (("monthly", "9998-01"), "no events of 9998-01: it lies in the future\n"),
        (
            ("weekly", "2020-W01", "--to", "2020-W03"),
            "no events of 3 periods from 2020-W01 to 2020-W03: nothing was loaded for them\n",
        ),
        (
            ("daily", "9998-12-30", "--to", "9998-12-31"),
            "no events of 2 periods from 9998-12-30 to 9998-12-31: they lie in the future\n",
        ),
    ],
)
def test_zeros_are_explained_beside_the_document(ingested: Cowrie, periods: tuple[str, ...], told: str) -> None:
    outcome = ingested("report", *periods)
    assert (outcome.code, outcome.err) == (0, told)
    assert outcome.json


def test_publishing_without_a_server_says_what_to_set(ingested: Cowrie) -> None:
    outcome = ingested("report", "daily", "2026-08-31", "--publish")
    assert outcome.code == 1
    assert "COWRIE_ELASTICSEARCH_URL" in outcome.err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--dry-run",), "name one"),
        (("--format", "json", "--format", "text"), "--output"),
        (("--format", "html", "--all-sensors"), "--output"),
        (("--sensor", "hp-fra-01", "--all-sensors"), "exclude each other"),
        (("--to", "2026-08-30"), "backwards"),
    ],
)
def test_what_cannot_be_asked_for_is_told(ingested: Cowrie, options: tuple[str, ...], told: str) -> None:
    outcome = ingested("report", "daily", "2026-08-31", *options)
    assert outcome.code == 2
    assert told in outcome.err


@pytest.mark.parametrize(
    ("report_type", "period"),
    [("weekly", "2025-W53"), ("monthly", "2026-13"), ("daily", "2026-02-30"), ("daily", "2026-W36")],
)
def test_a_period_that_does_not_exist_is_an_error(ingested: Cowrie, report_type: str, period: str) -> None:
    outcome = ingested("report", report_type, period)
    assert outcome.code == 2
    assert period in outcome.err
