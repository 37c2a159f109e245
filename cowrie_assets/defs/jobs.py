"""The jobs that sensors and schedules start, so that each has its row on the timeline."""

from typing import TYPE_CHECKING

import dagster as dg

from cowrie_assets.defs.assets.summaries import SUMMARY_NAMES
from cowrie_assets.defs.backup import warehouse_backup
from cowrie_assets.defs.from_day import load_from_day
from cowrie_assets.defs.history import prune_history
from cowrie_assets.defs.log_proof import proof_of_logs
from cowrie_assets.defs.maintenance import warehouse_maintenance
from cowrie_assets.defs.notifications import send_digests
from cowrie_assets.defs.privacy import privacy
from cowrie_assets.defs.rebuild import rebuild_summaries
from cowrie_assets.defs.reparse import reparse
from cowrie_assets.defs.validation import validate_changed, validate_every_row
from cowrie_assets.reports.periods import REPORT_TYPES

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

_RUN_TAGS = {"dagster/max_runtime": str(6 * 3600)}

INGESTED = ("raw_events", *SUMMARY_NAMES, "daily_report")
"""What follows a new log line at once, in one run."""

ingest = dg.define_asset_job(
    "ingest",
    selection=dg.AssetSelection.assets(*INGESTED),
    description="Read the logs of a day or a range of days, sum them up, check, and write the days' reports.",
    tags=_RUN_TAGS,
)

ingest_live = dg.define_asset_job(
    "ingest_live",
    selection=dg.AssetSelection.assets(*INGESTED).without_checks(),
    description=(
        "The same for the day that runs, every few minutes, without the checks: they are half of what a run records. "
        "The first run of each hour is one of `ingest`, and so is every run while a check fails."
    ),
    tags=_RUN_TAGS,
)

REPORT_JOBS = {
    report_type: dg.define_asset_job(
        f"{report_type}_reports",
        selection=dg.AssetSelection.assets(f"{report_type}_report"),
        description=f"Write the {report_type} reports of one or more periods from the summaries as they stand.",
        tags=_RUN_TAGS,
    )
    for report_type in REPORT_TYPES
}

validate = dg.define_asset_job(
    "validate",
    selection=dg.AssetSelection.all_asset_checks() - dg.AssetSelection.checks_for_assets("log_files"),
    description="Run every asset check over all rows of all days. Those of log_files are taken by the sensor health.",
    tags=_RUN_TAGS,
)

publish = dg.define_asset_job(
    "publish",
    selection=dg.AssetSelection.assets("report_publication"),
    description="Publish every written report that the search server has not confirmed, and check that none is left.",
    tags=_RUN_TAGS,
)

enrich = dg.define_asset_job(
    "enrich",
    selection=dg.AssetSelection.assets("file_enrichment", "address_enrichment", "enrichment_coverage"),
    description="Ask services about what waits, match addresses with files on this machine, and check how far that is.",
    tags=_RUN_TAGS,
)

examine_downloads = dg.define_asset_job(
    "examine_downloads",
    selection=dg.AssetSelection.assets("downloaded_files"),
    description="Examine the files that lie in the downloads' folders and were not known.",
    tags=_RUN_TAGS,
)

share_indicators = dg.define_asset_job(
    "share_indicators",
    selection=dg.AssetSelection.assets("indicators"),
    description="Put campaigns together, and write the table of indicators and the feeds beside the reports.",
    tags=_RUN_TAGS,
)

put_campaigns_together = dg.define_asset_job(
    "put_campaigns_together",
    selection=dg.AssetSelection.assets("campaign_sessions", "campaigns"),
    description="Profile the sessions of the days that changed, and put campaigns together.",
    tags=_RUN_TAGS,
)

archive_days = dg.define_asset_job(
    "archive_days",
    selection=dg.AssetSelection.assets("raw_event_archive").without_checks(),
    description="Seal days, archive their raw events, and take those that are old enough out of the warehouse.",
    tags=_RUN_TAGS,
)

JOBS: list["dg.JobDefinition | UnresolvedAssetJobDefinition"] = [
    ingest,
    ingest_live,
    load_from_day,
    *REPORT_JOBS.values(),
    validate,
    validate_changed,
    validate_every_row,
    publish,
    enrich,
    examine_downloads,
    share_indicators,
    put_campaigns_together,
    archive_days,
    privacy,
    send_digests,
    proof_of_logs,
    reparse,
    rebuild_summaries,
    prune_history,
    warehouse_backup,
    warehouse_maintenance,
]
