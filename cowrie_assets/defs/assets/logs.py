"""The logs and what is read from them: `log_files` stands upstream, `raw_events` holds every event once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from enum import Enum

import dagster as dg
from pydantic import Field

from cowrie_assets.defs.describe import OWNERS, STORAGE_KIND, WRITER_POOL, table_metadata
from cowrie_assets.defs.figures import day_figures, load_figures
from cowrie_assets.defs.materialize import PASSING_FAULTS, faults_named, log_progress, record
from cowrie_assets.defs.partitions import DAILY, DAYS_A_RUN, beyond
from cowrie_assets.defs.resources import SettingsResource, WarehouseResource
from cowrie_assets.operations.ingest import changed_logs, load_days, outside
from cowrie_assets.printable import shown
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse

log_files = dg.AssetSpec(
    "log_files",
    description=(
        "Cowrie's JSON logs below COWRIE_LOG_ROOT: live, rotated, compressed. Cowrie writes them; nothing here does. "
        "The sensor `new_logs` watches them and notes here what it finds; the sensor `health` notes where each sensor "
        "stands, and its checks say whether data comes in: how old the newest event of a sensor is, not a partition."
    ),
    group_name="ingest",
    kinds={"json"},
    owners=OWNERS,
    tags={"layer": "source"},
)


class Mode(Enum):
    """How logs are read."""

    delta = "delta"
    bulk = "bulk"


class IngestConfig(dg.Config):
    """What can be chosen when events are read."""

    mode: Mode = Field(
        Mode.delta,
        description="delta reads what is new of each log, bulk reads whole logs; both end with the same rows",
    )
    sensors: list[str] = Field([], description="read the logs of these sensors only; all, where the list is empty")


@dg.asset(
    deps=[log_files],
    partitions_def=DAILY,
    backfill_policy=DAYS_A_RUN,
    group_name="ingest",
    kinds={STORAGE_KIND},
    owners=OWNERS,
    tags={"layer": "evidence"},
    code_version="1",
    pool=WRITER_POOL,
    retry_policy=PASSING_FAULTS,
    metadata=table_metadata("raw_events"),
)
def raw_events(
    context: dg.AssetExecutionContext, config: IngestConfig, warehouse: WarehouseResource, settings: SettingsResource
) -> dg.MaterializeResult[None]:
    """Every distinct event of the day, once, its JSON as Cowrie wrote it.

    Brings in every log that has events of the day, or of any day of a range, each log once. Reading a log again changes
    no row. Today's partition takes in what claims to lie in the future, the first day's what lies before it.

    Duplicates, dead letters and bytes shown with a day are of the logs that begin on it.
    """
    days = [date.fromisoformat(key) for key in context.partition_keys]
    chosen = settings.read()
    with faults_named(), warehouse.open() as database, _keeping_days_read(context, database, chosen, days):
        result = load_days(
            database,
            chosen,
            days=days,
            stretches=beyond(days),
            mode=config.mode.value,
            sensors=frozenset(config.sensors) or None,
            progress=log_progress(context),
        )
        figures = day_figures(database, days)
    for warning in [*result.warnings, *outside(result, chosen)]:
        context.log.warning(shown(warning))
    context.log.info(result.sentence)
    for day in days:
        key = day.isoformat()
        context.add_asset_metadata({**figures[key], **load_figures(result, day, len(days))}, partition_key=key)
    return dg.MaterializeResult()


@contextmanager
def _keeping_days_read(
    context: dg.AssetExecutionContext, database: Warehouse, settings: Settings, days: Sequence[date]
) -> Iterator[None]:
    """Where the load fails, record those days of the run of which no log is left to read."""
    try:
        yield
    except BaseException:
        with suppress(Exception):
            unread = changed_logs(database, settings)
            read = [day for day in days if not any(log.has_new(day) for log in unread)]
            record(context, day_figures(database, read))
        raise
