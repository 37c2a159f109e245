"""What is summed up from the events: sessions, commands, logins, files. Four assets of one make, each a table.

The sessions come first: what the others hold belongs to the day on which its session began.
"""

from datetime import timedelta

import dagster as dg
from pydantic import Field

from cowrie_assets.defs.describe import OWNERS, STORAGE_KIND, WRITER_POOL, table_metadata
from cowrie_assets.defs.figures import Metadata, summary_figures
from cowrie_assets.defs.materialize import PASSING_FAULTS, each_partition, log_progress
from cowrie_assets.defs.partitions import DAILY, DAYS_A_RUN, period_of_key
from cowrie_assets.defs.resources import WarehouseResource
from cowrie_assets.summaries.refresh import refresh

_DESCRIPTIONS = {
    "session_summaries": "One row per session, that is per connection to a sensor: who, how long, what was tried.",
    "command_stats": "One row per session and command line: how often and when it was typed, how dangerous it is.",
    "login_stats": "One row per session and tried pair of username and password: attempts and successes.",
    "files": "One row per session and file that the attacker fetched or sent, known by its SHA-256.",
}


_HOW = (
    "Recomputes every session that has an event on the day, from all its events, whichever day they lie on. "
    "Days that a log brought in beside those of the run are taken in as well."
)

SUMMARY_NAMES = tuple(_DESCRIPTIONS)


class SummaryConfig(dg.Config):
    """What can be chosen when a day is summed up."""

    whole: bool = Field(
        True,
        description="sum up every session of the day anew; else those that events came in for since then",
    )


def _summary(name: str, description: str) -> dg.AssetsDefinition:
    @dg.asset(
        name=name,
        description=f"{description}\n\n{_HOW}",
        deps=["raw_events"] if name == "session_summaries" else ["raw_events", "session_summaries"],
        partitions_def=DAILY,
        backfill_policy=DAYS_A_RUN,
        group_name="summaries",
        kinds={STORAGE_KIND},
        owners=OWNERS,
        tags={"layer": "summary"},
        code_version="1",
        pool=WRITER_POOL,
        retry_policy=PASSING_FAULTS,
        freshness_policy=dg.FreshnessPolicy.cron("0 2 * * *", lower_bound_delta=timedelta(hours=2)),
        metadata=table_metadata(name),
    )
    def summary(
        context: dg.AssetExecutionContext, config: SummaryConfig, warehouse: WarehouseResource
    ) -> dg.MaterializeResult[None]:
        sink = log_progress(context)
        with warehouse.open() as database:

            def one_day(key: str) -> Metadata:
                day = period_of_key("daily", key)
                refresh(database, (name,), days=[day.start], whole=config.whole, progress=sink)
                with database.read() as connection:
                    return summary_figures(connection, name, day)

            done = each_partition(context, one_day)
            refresh(database, (name,), progress=sink)
        return done

    return summary


SUMMARY_ASSETS = [_summary(name, description) for name, description in _DESCRIPTIONS.items()]
