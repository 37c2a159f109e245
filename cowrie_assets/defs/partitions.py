"""How time is cut: UTC days, ISO weeks, months, each named in Dagster by its first day.

The first day is `COWRIE_FIRST_DAY`; the week and the month it lies in are whole. The day, week and month that run are
partitions already. A sensor is a column, never a partition.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import dagster as dg

from cowrie_assets.clock import today
from cowrie_assets.reports.periods import Period, ReportType, period_of
from cowrie_assets.settings import Settings

FIRST_DAY = Settings.from_environment().first_day

DAILY = dg.DailyPartitionsDefinition(start_date=FIRST_DAY.isoformat(), end_offset=1)
WEEKLY = dg.WeeklyPartitionsDefinition(
    start_date=(FIRST_DAY - timedelta(days=FIRST_DAY.weekday())).isoformat(), day_offset=1, end_offset=1
)
MONTHLY = dg.MonthlyPartitionsDefinition(start_date=FIRST_DAY.replace(day=1).isoformat(), end_offset=1)

PARTITIONS: dict[ReportType, dg.TimeWindowPartitionsDefinition] = {"daily": DAILY, "weekly": WEEKLY, "monthly": MONTHLY}

DAYS_A_RUN = dg.BackfillPolicy.multi_run(max_partitions_per_run=31)
"""A run takes up to 31 partitions in turn: a log is read once for all of them, and a start of Python is paid once."""


def period_of_key(report_type: ReportType, key: str) -> Period:
    """The period that a partition key names: the one its day lies in. `("weekly", "2026-08-31")` is week 2026-W36."""
    return period_of(report_type, date.fromisoformat(key))


def key_of(period: Period) -> str:
    """The partition key of a period: its first day."""
    return period.start.isoformat()


def has_key(period: Period) -> bool:
    """Whether a period is a partition: it does not lie before the first day, nor in the future."""
    return PARTITIONS[period.report_type].has_partition_key(key_of(period))


def partition_day(day: date) -> date:
    """The day whose partition takes `day` in: itself; else the first day or today, whichever is nearer."""
    return min(max(day, FIRST_DAY), today())


def keys_between(partitions: dg.TimeWindowPartitionsDefinition, first: str, last: str) -> Sequence[str]:
    """Every key from `first` to `last`, both included."""
    return partitions.get_partition_keys_in_range(dg.PartitionKeyRange(first, last))
