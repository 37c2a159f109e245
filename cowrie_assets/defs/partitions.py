"""How time is cut: UTC days, ISO weeks, months, each named in Dagster by its first day.

The first day is `COWRIE_FIRST_DAY`, or that of the oldest event when this code location loads; the week and the month
it lies in are whole. The day, week and month that run are partitions already. A sensor is a column, never a
partition.

What lies before the first day, or in the future, has no partition of its own, however far: the first day takes in the
one, today the other.
"""

import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

import dagster as dg

from cowrie_assets.clock import today
from cowrie_assets.defs.resources import configured
from cowrie_assets.errors import SettingsError
from cowrie_assets.ingest.spans import LogSpan
from cowrie_assets.operations.first_day import oldest_day
from cowrie_assets.reports.periods import Period, ReportType, period_of
from cowrie_assets.settings import days_a_run, first_day

_LOG = logging.getLogger(__name__)
_DEFAULT = date(2020, 1, 1)
"""The first day where there is neither a log nor an event."""


def _first_day() -> date:
    """`COWRIE_FIRST_DAY`, else the day of the oldest event, else 2020-01-01.

    The code location loads whatever is wrong: each tick and run says what is.
    """
    try:
        said = first_day(configured().environment)
    except SettingsError as error:
        _LOG.warning("%s; until then partitions begin on %s", error, _DEFAULT)
        return _DEFAULT
    if said is not None:
        return said
    try:
        return oldest_day(configured().settings) or _DEFAULT
    except SettingsError:
        return _DEFAULT


FIRST_DAY = _first_day()

if not os.environ.get("COWRIE_FIRST_DAY"):
    # Runs are processes of their own: they cut time as the location that starts them, whatever is loaded by then.
    os.environ["COWRIE_FIRST_DAY"] = FIRST_DAY.isoformat()

DAILY = dg.DailyPartitionsDefinition(start_date=FIRST_DAY.isoformat(), end_offset=1)
WEEKLY = dg.WeeklyPartitionsDefinition(
    start_date=(FIRST_DAY - timedelta(days=FIRST_DAY.weekday())).isoformat(), day_offset=1, end_offset=1
)
MONTHLY = dg.MonthlyPartitionsDefinition(start_date=FIRST_DAY.replace(day=1).isoformat(), end_offset=1)

PARTITIONS: dict[ReportType, dg.TimeWindowPartitionsDefinition] = {"daily": DAILY, "weekly": WEEKLY, "monthly": MONTHLY}

DAYS_A_RUN = dg.BackfillPolicy.multi_run(max_partitions_per_run=31)
"""A run takes up to 31 partitions in turn: a log is read once for all of them, and a start of Python is paid once."""


def in_runs(
    assets: Iterable[dg.AssetsDefinition | dg.AssetSpec], environment: Mapping[str, str]
) -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """The assets as `COWRIE_DAYS_A_RUN` has their backfills; with a value that cannot be used, as without one."""
    try:
        policy = dg.BackfillPolicy.multi_run(max_partitions_per_run=days_a_run(environment))
    except SettingsError:
        policy = DAYS_A_RUN

    def in_run(each: dg.AssetsDefinition | dg.AssetSpec) -> dg.AssetsDefinition | dg.AssetSpec:
        if isinstance(each, dg.AssetsDefinition) and each.backfill_policy == DAYS_A_RUN:
            return each.with_attributes(backfill_policy=policy)
        return each

    return [in_run(each) for each in assets]


def period_of_key(report_type: ReportType, key: str) -> Period:
    """The period that a partition key names: the one its day lies in. `("weekly", "2026-08-31")` is week 2026-W36."""
    return period_of(report_type, date.fromisoformat(key))


def key_of(period: Period) -> str:
    """The partition key of a period: its first day."""
    return period.start.isoformat()


def has_key(period: Period) -> bool:
    """Whether a period is a partition: it does not end before the first day, nor begin in the future."""
    return period.end > FIRST_DAY and period.start <= today()


def partition_day(day: date) -> date:
    """The day whose partition takes `day` in: itself; else the first day or today, whichever is nearer."""
    return min(max(day, FIRST_DAY), today())


def partition_days(log: LogSpan) -> set[date]:
    """The days whose partitions take in what is new of a log: at most as many as there are partitions."""
    days = {partition_day(day) for day in log.new_edges}
    near = log.new_within(FIRST_DAY, today())
    if near is not None:
        first, last = near
        days.update(first + timedelta(days=number) for number in range((last - first).days + 1))
    return days


def beyond(days: Iterable[date]) -> list[tuple[date, date]]:
    """The stretches of time without a partition, both ends inclusive, that the partitions of `days` take in."""
    taken = set(days)
    before = [(date.min, FIRST_DAY - timedelta(days=1))] if FIRST_DAY in taken else []
    behind = [(today() + timedelta(days=1), date.max)] if today() in taken else []
    return [*before, *behind]


def keys_between(partitions: dg.TimeWindowPartitionsDefinition, first: str, last: str) -> Sequence[str]:
    """Every key from `first` to `last`, both included."""
    return partitions.get_partition_keys_in_range(dg.PartitionKeyRange(first, last))
