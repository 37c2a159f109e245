"""The tables of a day: `raw_events` holds every event once, the summaries are made of them. One step fills them all.

One step, for a live honeypot makes a run each minute or two, and each step costs a start and a dozen records. Any of
the tables can be asked for alone. What a step has committed is recorded also where it fails.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

import dagster as dg
from pydantic import Field

from cowrie_assets.defs.assets.logs import RAW_EVENTS, raw_events
from cowrie_assets.defs.assets.summaries import SUMMARY_NAMES, SUMMARY_SPECS
from cowrie_assets.defs.describe import WRITER_POOL
from cowrie_assets.defs.figures import Metadata, load_figures, table_figures
from cowrie_assets.defs.materialize import PASSING_FAULTS, faults_named, log_progress, record
from cowrie_assets.defs.partitions import DAYS_A_RUN, beyond
from cowrie_assets.defs.records import tables_made_from
from cowrie_assets.defs.resources import SettingsResource, WarehouseResource
from cowrie_assets.ingest.load_result import LoadResult
from cowrie_assets.operations.ingest import changed_logs, load_days, outside
from cowrie_assets.operations.positions import MadeFrom
from cowrie_assets.printable import shown
from cowrie_assets.progress import ProgressSink
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.refresh import refresh_in_turn
from cowrie_assets.summaries.refresh_day import RefreshResult
from cowrie_assets.warehouse.engine import Warehouse

_SPECS = (raw_events, *SUMMARY_SPECS)


class Mode(Enum):
    """How logs are read."""

    delta = "delta"
    bulk = "bulk"


class DaysConfig(dg.Config):
    """What can be chosen when days are read and summed up."""

    mode: Mode = Field(
        Mode.delta,
        description="delta reads what is new of each log, bulk reads whole logs; both end with the same rows",
    )
    sensors: list[str] = Field([], description="read the logs of these sensors only; all, where the list is empty")
    whole: bool = Field(
        True,
        description="sum up every session of the day anew; else those that events came in for since then",
    )


@dg.multi_asset(
    name="days",
    specs=_SPECS,
    can_subset=True,
    backfill_policy=DAYS_A_RUN,
    pool=WRITER_POOL,
    retry_policy=PASSING_FAULTS,
)
def days(
    context: dg.AssetExecutionContext, config: DaysConfig, warehouse: WarehouseResource, settings: SettingsResource
) -> Iterator[dg.MaterializeResult[None]]:
    """Reads the logs that have events of the days, each once, and sums the days up: the tables that are asked for."""
    tables = [spec.key.to_user_string() for spec in _SPECS if spec.key in context.selected_asset_keys]
    with faults_named(), warehouse.open() as database:
        work = _Work(database, [date.fromisoformat(key) for key in context.partition_keys], log_progress(context))
        try:
            with faults_named():
                if RAW_EVENTS in tables:
                    _tell(context, work.load(settings.read(), config), settings.read())
                if any(name in tables for name in SUMMARY_NAMES):
                    context.log.info(work.summarise(whole=config.whole).sentence)
                figures, made_from = work.figures(tables)
        except BaseException:
            with suppress(Exception):
                _record_done(context, work, tables, settings.read())
            raise
    for table in tables:
        for day, shown_with in figures[table].items():
            context.add_asset_metadata(shown_with, asset_key=table, partition_key=day.isoformat())
        yield dg.MaterializeResult(asset_key=table, data_version=dg.DataVersion(made_from[table].version))


@dataclass
class _Work:
    """What is done of the days of a run."""

    database: Warehouse
    days: Sequence[date]
    progress: ProgressSink
    loaded: LoadResult | None = None
    summarised: list[date] = field(default_factory=list)

    def load(self, settings: Settings, config: DaysConfig) -> LoadResult:
        """Read the logs of the days; today's partition takes in the future, the first day's what lies before it."""
        self.loaded = load_days(
            self.database,
            settings,
            days=self.days,
            stretches=beyond(self.days),
            mode=config.mode.value,
            sensors=frozenset(config.sensors) or None,
            progress=self.progress,
        )
        return self.loaded

    def summarise(self, *, whole: bool) -> RefreshResult:
        """Bring all summaries up to date: on the days of the run, and on those that a log brought beside them."""
        return refresh_in_turn(
            self.database, self.days, whole=whole, day_done=self.summarised.append, progress=self.progress
        )

    def figures(self, tables: Sequence[str]) -> tuple[dict[str, dict[date, Metadata]], Mapping[str, MadeFrom]]:
        """What is shown with each of the days of `tables`, in one snapshot, and what of it that was read from."""
        with self.database.read() as connection:
            shown_with = {table: {day: table_figures(connection, table, day) for day in self.days} for table in tables}
            if self.loaded is not None:
                for day, figures in shown_with[RAW_EVENTS].items():
                    of_load = load_figures(self.loaded, day, len(self.days))
                    shown_with[RAW_EVENTS][day] = {**figures, **of_load}
            return shown_with, tables_made_from(connection, tables, self.days)


def _tell(context: dg.AssetExecutionContext, loaded: LoadResult, settings: Settings) -> None:
    for warning in [*loaded.warnings, *outside(loaded, settings)]:
        context.log.warning(shown(warning))
    context.log.info(loaded.sentence)


def _record_done(context: dg.AssetExecutionContext, work: _Work, tables: Sequence[str], settings: Settings) -> None:
    """Where a run fails: record the days of which no log is left to read, and those that are summed up."""
    unread = () if work.loaded else changed_logs(work.database, settings)
    read = [day for day in work.days if not any(log.has_new(day) for log in unread)]
    done: Mapping[str, Sequence[date]] = dict.fromkeys(tables, work.summarised) | {RAW_EVENTS: read}
    with work.database.read() as connection:
        for table in tables:
            figures = {day.isoformat(): table_figures(connection, table, day) for day in done[table]}
            record(context, table, figures, tables_made_from(connection, [table], done[table])[table])
