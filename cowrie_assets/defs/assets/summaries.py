"""What is summed up from the events: sessions, commands, logins, files, and what was seen when. Each is a table.

The sessions come first: what the others hold belongs to the day on which its session began. The sightings come last:
they are taken from the other four, by whichever of them is up to date last: a run that leaves them out leaves no
report without its news. All five are assets of one make.
"""

from datetime import timedelta

import dagster as dg
from pydantic import Field

from cowrie_assets.defs.describe import OWNERS, STORAGE_KIND, WRITER_POOL, table_metadata
from cowrie_assets.defs.figures import Metadata, summary_figures
from cowrie_assets.defs.materialize import PASSING_FAULTS, each_partition, faults_named, log_progress
from cowrie_assets.defs.partitions import DAILY, DAYS_A_RUN, period_of_key
from cowrie_assets.defs.resources import WarehouseResource
from cowrie_assets.progress import ProgressSink, Tell
from cowrie_assets.summaries.refresh import RefreshResult, pending_days, refresh
from cowrie_assets.summaries.sightings import SIGHTINGS, refresh_sightings

_FROM_EVENTS = (
    "Recomputes every session that has an event on the day, from all its events, whichever day they lie on. "
    "Days that a log brought in beside those of the run are taken in as well."
)
_DESCRIPTIONS = {
    "session_summaries": (
        "One row per session, that is per connection to a sensor: who, how long, what was tried. Keeps the hours in "
        f"which each sensor wrote events as well, in a table of its own, active_hours.\n\n{_FROM_EVENTS}"
    ),
    "command_stats": (
        f"One row per session and command line: how often and when it was typed, how dangerous it is.\n\n{_FROM_EVENTS}"
    ),
    "login_stats": (
        f"One row per session and tried pair of username and password: attempts and successes.\n\n{_FROM_EVENTS}"
    ),
    "files": (
        f"One row per session and file that the attacker fetched or sent, known by its SHA-256.\n\n{_FROM_EVENTS}"
    ),
    SIGHTINGS: (
        "One row per day, sensor and value that its sessions brought: files, addresses they came from, commands, "
        "passwords, clients, source networks. What tells the new from the known.\n\nTakes the values of the day's "
        "sessions from the other summaries. Where a day gains or loses a value, the next day that has it is marked as "
        "changed, and its reports are written anew."
    ),
}
_READS: dict[str, list[str]] = {name: ["raw_events", "session_summaries"] for name in _DESCRIPTIONS} | {
    "session_summaries": ["raw_events"],
    SIGHTINGS: ["session_summaries", "command_stats", "login_stats", "files"],
}

SUMMARY_NAMES = tuple(_DESCRIPTIONS)


class SummaryConfig(dg.Config):
    """What can be chosen when a day is summed up."""

    whole: bool = Field(
        True,
        description="sum up every session of the day anew; else those that events came in for since then",
    )


def _summary(name: str) -> dg.AssetsDefinition:
    @dg.asset(
        name=name,
        description=_DESCRIPTIONS[name],
        deps=_READS[name],
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
        sink, total = log_progress(context), RefreshResult()
        with faults_named(), warehouse.open() as database:

            def one_day(key: str, tell: Tell) -> Metadata:
                day = period_of_key("daily", key)
                steps: ProgressSink = lambda progress: tell(progress.detail)  # noqa: E731
                total.add(refresh(database, (name,), days=[day.start], whole=config.whole, progress=steps))
                with database.read() as connection:
                    return summary_figures(connection, name, day)

            done = each_partition(context, one_day)
            total.add(refresh(database, (name,), progress=sink))
            if not pending_days(database, _READS[SIGHTINGS]):
                refresh_sightings(database, progress=sink)
        context.log.info(total.sentence)
        return done

    return summary


SUMMARY_ASSETS = [_summary(name) for name in SUMMARY_NAMES]
