"""The assets: where logs come from, what is read from them, what is summed up, what is reported, what is published,
what others say of it, what is archived, who belongs together, what is shared."""

import dagster as dg

from cowrie_assets.defs.assets.archive import raw_event_archive
from cowrie_assets.defs.assets.campaigns import campaigns_of_sessions
from cowrie_assets.defs.assets.days import days
from cowrie_assets.defs.assets.enrichment import (
    address_enrichment,
    downloaded_files,
    enrichment_coverage,
    file_enrichment,
)
from cowrie_assets.defs.assets.indicators import indicators
from cowrie_assets.defs.assets.logs import log_files
from cowrie_assets.defs.assets.publication import report_publication
from cowrie_assets.defs.assets.reports import daily_report, monthly_report, weekly_report

ASSETS: list[dg.AssetSpec | dg.AssetsDefinition] = [
    log_files,
    days,
    daily_report,
    weekly_report,
    monthly_report,
    report_publication,
    file_enrichment,
    address_enrichment,
    downloaded_files,
    enrichment_coverage,
    raw_event_archive,
    campaigns_of_sessions,
    indicators,
]
