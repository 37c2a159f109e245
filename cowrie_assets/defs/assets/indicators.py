"""What is worth sharing, once a day: the table `indicators`, and the feeds beside the reports."""

import dagster as dg

from cowrie_assets.campaigns.update import update_campaigns
from cowrie_assets.defs.assets.summaries import SUMMARY_NAMES
from cowrie_assets.defs.describe import OWNERS, WRITER_POOL, row_table
from cowrie_assets.defs.made_by import code_version
from cowrie_assets.defs.materialize import PASSING_FAULTS, faults_named, log_progress
from cowrie_assets.defs.resources import SettingsResource, WarehouseResource
from cowrie_assets.indicators.feeds import write_feeds
from cowrie_assets.indicators.storing import store_indicators
from cowrie_assets.warehouse.sql import statement

INDICATORS = "indicators"


@dg.asset(
    name=INDICATORS,
    description=(
        "Addresses, domains, urls, endpoints, files, SSH keys and wallets by which others recognise attackers, each "
        "with how sure it is and why, until when it holds, and its campaign. Written as a table, and as CSV, text, "
        "JSON, STIX 2.1 and MISP beside each report, below COWRIE_REPORT_DIR/feeds. Known scanners, private "
        "addresses and trivial files are left out."
    ),
    deps=[*SUMMARY_NAMES, "campaigns"],
    group_name="behaviour",
    kinds={"json", "csv"},
    owners=OWNERS,
    tags={"layer": "behaviour"},
    code_version=code_version(INDICATORS),
    pool=WRITER_POOL,
    retry_policy=PASSING_FAULTS,
)
def indicators(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, settings: SettingsResource
) -> dg.MaterializeResult[None]:
    with faults_named(), warehouse.open() as database:
        progress = log_progress(context)
        update_campaigns(database, progress=progress)
        number = store_indicators(database)
        feeds = write_feeds(database, settings.read().report_dir, progress=progress)
        with database.read() as connection:
            by_type = [dict(row) for row in connection.execute(statement("indicators/by_type")).mappings()]
    return dg.MaterializeResult(
        metadata={
            "dagster/partition_row_count": number,
            "sure": sum(row["sure"] for row in by_type),
            "feeds_written": len(feeds),
            "by_type": row_table(by_type),
        }
    )
