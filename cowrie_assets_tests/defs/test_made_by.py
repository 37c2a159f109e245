"""Code versions and links: what an asset is made by."""

import shutil
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from cowrie_assets.defs import made_by
from cowrie_assets.defs.build import build_defs
from cowrie_assets.defs.made_by import STATEMENTS, code_version
from cowrie_assets.warehouse import sql

REPORTS = {"daily_report", "weekly_report", "monthly_report"}


def _versions() -> dict[str, str]:
    sql.source.cache_clear()
    return {asset: code_version(asset) for asset in STATEMENTS}


@pytest.fixture
def changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], set[str]]:
    """Changes a statement in a copy of `sql/`; gives the assets whose code version changes."""
    folder = tmp_path / "sql"
    shutil.copytree(sql.SQL_ROOT, folder)
    monkeypatch.setattr(sql, "SQL_ROOT", folder)
    before = _versions()

    def change(name: str) -> set[str]:
        file = folder / f"{name}.sql"
        file.write_text(file.read_text() + "-- another\n")
        after = _versions()
        return {asset for asset in STATEMENTS if after[asset] != before[asset]}

    yield change
    sql.source.cache_clear()


@pytest.mark.parametrize(
    ("statement", "assets"),
    [
        *((f"summaries/{name}", {name}) for name in ("session_summaries", "command_stats", "login_stats", "files")),
        *((f"views/{name}", {name}) for name in ("raw_events", "session_summaries", "command_stats", "login_stats")),
        ("summaries/active_hours", {"session_summaries"}),
        ("summaries/sightings", {"sightings"}),
        ("summaries/gained_values/files", {"sightings"}),
        ("reports/interesting", REPORTS),
        ("reports/pages/events", REPORTS),
        ("publishing/open_reports", {"report_publication"}),
        ("checks/evidence", set()),
    ],
)
def test_a_changed_statement_changes_the_version_of_what_it_makes(changed, statement: str, assets: set[str]) -> None:
    assert changed(statement) == assets


@pytest.mark.parametrize("rules", ["raw_events", "command_stats"])
def test_changed_rules_change_the_version_of_what_they_make(rules: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _versions()
    monkeypatch.setitem(made_by.RULES, rules, "others")
    after = _versions()
    assert {asset for asset in STATEMENTS if after[asset] != before[asset]} == {rules}


def test_a_changed_number_of_the_rules_changes_the_version_of_statements_that_have_it(monkeypatch) -> None:
    before = _versions()
    monkeypatch.setitem(sql._CONSTANTS, "high_risk", 71)
    after = _versions()
    monkeypatch.undo()
    sql.source.cache_clear()
    changed = {asset for asset in STATEMENTS if after[asset] != before[asset]}
    assert "session_summaries" in changed
    assert "login_stats" not in changed


def test_every_asset_that_is_made_here_has_its_version_and_leads_to_its_source() -> None:
    for spec in build_defs({}).resolve_all_asset_specs():
        name = spec.key.to_user_string()
        if name == "log_files":
            assert spec.code_version is None
            continue
        assert spec.code_version == code_version(name)
        links = spec.metadata["dagster/code_references"].code_references
        assert all(isinstance(link, dg.LocalFileCodeReference) and Path(link.file_path).is_file() for link in links)
        statements = [Path(link.file_path) for link in links if link.file_path.endswith(".sql")]
        assert statements == [sql.SQL_ROOT / f"{each}.sql" for each in STATEMENTS[name] if "*" not in each]
        assert all(len(link.label or "") <= 22 for link in links), "the page cuts longer ones short"
        assert any(link.file_path.endswith(".py") for link in links)


def test_a_statement_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(STATEMENTS, "files", ("summaries/fliles",))
    with pytest.raises(FileNotFoundError, match=r"no statement is named summaries/fliles\.sql"):
        code_version("files")
