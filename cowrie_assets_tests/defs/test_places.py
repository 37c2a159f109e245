"""Where assets lie, as their pages show it under some environment."""

from collections.abc import Mapping

import dagster as dg
import pytest

from cowrie_assets.defs.build import build_defs
from cowrie_assets.defs.places import shown_database

TABLES = {"raw_events", "session_summaries", "command_stats", "login_stats", "files", "session_techniques", "sightings"}
REPORTS = {"daily_report", "weekly_report", "monthly_report"}


def _specs(environment: Mapping[str, str]) -> dict[str, dg.AssetSpec]:
    return {spec.key.to_user_string(): spec for spec in build_defs(environment).resolve_all_asset_specs()}


@pytest.mark.parametrize(
    ("url", "kind", "database"),
    [
        (None, "sqlite", "sqlite:///cowrie_assets.db"),
        ("postgresql://cowrie:hunter2@db.example/cowrie", "postgresql", "db.example/cowrie"),
    ],
)
def test_a_table_says_in_which_database_it_is(url: str | None, kind: str, database: str) -> None:
    specs = _specs({} if url is None else {"COWRIE_DATABASE_URL": url})
    for name in TABLES:
        assert specs[name].kinds == {kind}
        assert specs[name].metadata["dagster/storage_kind"] == kind
        identifier = specs[name].metadata["dagster/relation_identifier"]
        assert identifier.endswith(f"{database}/{name}")
        assert "hunter2" not in identifier


@pytest.mark.parametrize("url", ["hunter2", "postgresql://u:p@h:hunter2/x"])
def test_a_database_url_that_cannot_be_read_is_never_shown(url: str) -> None:
    assert shown_database({"COWRIE_DATABASE_URL": url}) == ("COWRIE_DATABASE_URL", "database")


def test_reports_lead_to_the_page_that_lists_them_all() -> None:
    for environment, index in (
        ({}, "http://127.0.0.1:3080/index.html"),
        ({"COWRIE_REPORT_URL": "https://reports.example"}, "https://reports.example/index.html"),
        ({"COWRIE_REPORT_URL": "ftp://reports.example"}, None),
    ):
        specs = _specs(environment)
        for name in REPORTS:
            shown = specs[name].metadata.get("all_reports")
            assert (shown.value if shown else None) == index


@pytest.mark.parametrize(
    ("variables", "kind"),
    [
        ((), "elasticsearch"),
        (("COWRIE_ELASTICSEARCH_URL",), "elasticsearch"),
        (("COWRIE_OPENSEARCH_URL",), "opensearch"),
        (("COWRIE_OPENSEARCH_URL", "COWRIE_ELASTICSEARCH_URL"), "elasticsearch"),
    ],
)
def test_reports_are_published_to_the_server_that_is_set(variables: tuple[str, ...], kind: str) -> None:
    publication = _specs(dict.fromkeys(variables, "https://search.example:9200"))["report_publication"]
    assert publication.kinds == {kind}
