"""The assets: where logs come from, what is read from them, what is summed up, what is reported, what is published."""

import dagster as dg

from cowrie_assets.defs.assets.logs import log_files, raw_events
from cowrie_assets.defs.assets.publication import report_publication
from cowrie_assets.defs.assets.reports import daily_report, monthly_report, weekly_report
from cowrie_assets.defs.assets.summaries import SUMMARY_ASSETS

ASSETS: list[dg.AssetSpec | dg.AssetsDefinition] = [
    log_files,
    raw_events,
    *SUMMARY_ASSETS,
    daily_report,
    weekly_report,
    monthly_report,
    report_publication,
]
