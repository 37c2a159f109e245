"""Sessions that belong together: which they are, and the campaigns that they are. One step puts both together.

They follow from all days at once, so they have no partitions: a day that changed is profiled, and all that is distinct
is put together anew. Runs stand in the queue of the enrichment, so that no loader waits for one.
"""

from collections.abc import Iterator

import dagster as dg

from cowrie_assets.campaigns.listing import Campaign
from cowrie_assets.campaigns.listing import campaigns as largest
from cowrie_assets.campaigns.update import Updated, update_campaigns
from cowrie_assets.defs.assets.enrichment import ENRICHMENT_POOL
from cowrie_assets.defs.columns import column_schema
from cowrie_assets.defs.describe import OWNERS, row_table
from cowrie_assets.defs.figures import Metadata
from cowrie_assets.defs.made_by import code_version
from cowrie_assets.defs.materialize import PASSING_FAULTS, faults_named, log_progress
from cowrie_assets.defs.resources import WarehouseResource
from cowrie_assets.reports.rare_noting import note_rare

_TOP = 10
_DESCRIPTIONS = {
    "campaign_sessions": (
        "Which session belongs to which campaign: sessions that did the same, or that the same key, wallet, file, host "
        "or rare credential joins, across sensors and days (docs/CAMPAIGNS.md). The same whatever was loaded first."
    ),
    "campaigns": (
        "One row per campaign: what is distinctive of it, its sessions, where they came from, and when. An id is that "
        "of the oldest session; what became of others is kept in campaign_changes."
    ),
}
_READS = {
    "campaign_sessions": ["session_summaries", "command_stats", "login_stats", "files", "downloaded_files"],
    "campaigns": ["campaign_sessions"],
}
CAMPAIGN_NAMES = tuple(_DESCRIPTIONS)


def _spec(name: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        name,
        description=_DESCRIPTIONS[name],
        deps=_READS[name],
        group_name="behaviour",
        owners=OWNERS,
        tags={"layer": "behaviour"},
        code_version=code_version(name),
        metadata={"dagster/column_schema": column_schema(name)},
    )


@dg.multi_asset(
    name="campaigns_of_sessions",
    specs=list(map(_spec, CAMPAIGN_NAMES)),
    pool=ENRICHMENT_POOL,
    retry_policy=PASSING_FAULTS,
)
def campaigns_of_sessions(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource
) -> Iterator[dg.MaterializeResult[None]]:
    """Profiles the days that changed, and puts campaigns together."""
    with faults_named(), warehouse.open() as database:
        updated = update_campaigns(database, progress=log_progress(context))
        context.log.info(updated.sentence)
        told = note_rare(database, progress=log_progress(context))
        with database.read() as connection:
            found = largest(connection, most=_TOP)
    for name, figures in _figures(updated, told).items():
        shown = {"largest": row_table([_row(each) for each in found])} if name == "campaigns" and found else {}
        yield dg.MaterializeResult(asset_key=name, metadata={**figures, **shown})


def _figures(updated: Updated, told: int) -> dict[str, Metadata]:
    return {
        "campaign_sessions": {
            "dagster/row_count": updated.sessions,
            "days_profiled": updated.days,
            "profiles_changed": updated.rows,
        },
        "campaigns": {
            "dagster/row_count": updated.campaigns,
            "campaigns_changed": updated.changed,
            "periods_looked_at": told,
            **{f"campaigns_{kind}": number for kind, number in sorted(updated.changes.items())},
        },
    }


def _row(each: Campaign) -> dict[str, object]:
    names = ("campaign_id", "name", "sessions", "this_week", "week_before", "addresses", "sensors", "last_seen")
    return {name: getattr(each, name) for name in names}
