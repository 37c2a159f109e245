"""Run requests over ranges of partitions."""

from collections.abc import Iterable, Mapping
from typing import Any

import dagster as dg

from cowrie_assets.defs.partitions import DAYS_A_RUN, key_of
from cowrie_assets.reports.periods import Period

Range = tuple[Period, Period]
_LONGEST = DAYS_A_RUN.max_partitions_per_run or 1


def ranges(periods: Iterable[Period]) -> list[Range]:
    """Periods of one type, oldest first, joined where they follow each other: (first, last), at most a run's share."""
    joined: list[Range] = []
    length = 0
    for period in sorted(set(periods), key=lambda period: period.start):
        if joined and joined[-1][1].end == period.start and length < _LONGEST:
            joined[-1] = (joined[-1][0], period)
            length += 1
        else:
            joined.append((period, period))
            length = 1
    return joined


def request(job_name: str, periods: Range, run_config: Mapping[str, Any] | None = None) -> dg.RunRequest:
    """A run of `job_name` over a range. What arrives goes before what waits of a backfill."""
    return run_over(periods, {"dagster/priority": "1"}, job_name, run_config)


def run_over(
    periods: Range, tags: Mapping[str, str], job_name: str | None = None, run_config: Mapping[str, Any] | None = None
) -> dg.RunRequest:
    """A run over a range, of the job that a schedule has where none is named."""
    first, last = periods
    if first == last:
        return dg.RunRequest(job_name=job_name, tags=tags, partition_key=key_of(first), run_config=run_config)
    over = {
        "dagster/asset_partition_range_start": key_of(first),
        "dagster/asset_partition_range_end": key_of(last),
    }
    return dg.RunRequest(job_name=job_name, tags={**tags, **over}, run_config=run_config)
