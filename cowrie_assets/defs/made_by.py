"""What each asset is made by: its SQL statements and the version of the rules in it, as its code version and its links.

Where a statement or a rule changes, so does the code version of the assets that it makes, and Dagster marks the
partitions that runs made before. What was recorded without a run does not say by which code it was made.
"""

from pathlib import Path

import dagster as dg

from cowrie_assets.campaigns.profiles import PROFILE_RULES
from cowrie_assets.campaigns.update import CAMPAIGNS_VERSION
from cowrie_assets.cowrie.event import READER_VERSION
from cowrie_assets.cowrie.risk import RULESET
from cowrie_assets.cowrie.rule_table import project_table
from cowrie_assets.reports.periods import REPORT_TYPES
from cowrie_assets.summaries.sightings import SIGHTINGS
from cowrie_assets.summaries.touched import TECHNIQUES
from cowrie_assets.warehouse import sql
from cowrie_assets.warehouse.dictionary import digest_of

_READER = f"reader {READER_VERSION}"
_RULES = f"rules {RULESET}"

_MAPPING = f"techniques {project_table('techniques').version}"

RULES = {
    "raw_events": _READER,
    "session_summaries": _RULES,
    "command_stats": _RULES,
    TECHNIQUES: _MAPPING,
    SIGHTINGS: f"{_RULES}, {_MAPPING}",
    **dict.fromkeys(("campaign_sessions", "campaigns"), f"campaigns {CAMPAIGNS_VERSION}, profiles {PROFILE_RULES}"),
}
"""By asset: the rules that Python applies to each line or command, with their version."""

STATEMENTS: dict[str, tuple[str, ...]] = {
    "raw_events": ("views/raw_events",),
    "session_summaries": (
        "summaries/session_summaries",
        "summaries/active_hours",
        "summaries/idle_hours",
        "views/session_summaries",
    ),
    "command_stats": ("summaries/command_stats", "views/command_stats"),
    "login_stats": ("summaries/login_stats", "views/login_stats"),
    "files": ("summaries/files", "views/files"),
    TECHNIQUES: ("summaries/session_techniques", "views/session_techniques"),
    SIGHTINGS: ("summaries/sightings", "summaries/gained_values/*", "summaries/lost_values/*"),
    **{f"{report_type}_report": ("reports/*", "reports/pages/*") for report_type in REPORT_TYPES},
    "report_publication": ("publishing/*",),
    "indicators": ("campaigns/*", "indicators/*", "views/indicators"),
    "raw_event_archive": ("archive/events_of_day",),
    "campaign_sessions": ("campaigns/*", "views/campaign_sessions"),
    "campaigns": ("campaigns/figures", "campaigns/figures_of_all", "views/campaigns"),
    **dict.fromkeys(
        ("file_enrichment", "address_enrichment", "downloaded_files", "enrichment_coverage"), ("enrichment/*",)
    ),
}
"""By asset: names below `sql/` of the statements that compute it, and globs of them."""


def code_version(asset: str) -> str:
    """Twelve hexadecimal digits that change with the statements and rules an asset is made by."""
    names = [name for pattern in STATEMENTS[asset] for name in _matching(pattern)]
    parts = (part for name in names for part in (name, sql.source(name, "sqlite")))
    return digest_of(RULES.get(asset, ""), *parts).hex()[:12]


def linked(spec: dg.AssetSpec) -> dg.AssetSpec:
    """An asset with links to the statements that it is made by, where these are a few that it has for itself."""
    links: list[dg.LocalFileCodeReference | dg.UrlCodeReference] = [
        dg.LocalFileCodeReference(file_path=str(sql.SQL_ROOT / f"{name}.sql"), label=_label(name))
        for name in STATEMENTS.get(spec.key.to_user_string(), ())
        if "*" not in name
    ]
    if not links:
        return spec
    return spec.merge_attributes(
        metadata={"dagster/code_references": dg.CodeReferencesMetadataValue(code_references=links)}
    )


def _label(statement: str) -> str:
    """What the page says between `Open` and `in editor`, where 22 letters have room."""
    folder, _, name = statement.rpartition("/")
    return "its view" if folder == "views" else f"{name}.sql"


def _matching(pattern: str) -> list[str]:
    """The statements that a name or glob means, by name. Raises FileNotFoundError where it means none."""
    found = sorted(_name(file) for file in sql.SQL_ROOT.glob(f"{pattern}.sql"))
    if not found:
        raise FileNotFoundError(f"no statement is named {pattern}.sql")
    return found


def _name(file: Path) -> str:
    return file.relative_to(sql.SQL_ROOT).with_suffix("").as_posix()
