"""Partition keys and the periods they stand for."""

import os
import subprocess
import sys
from datetime import date, timedelta

import dagster as dg
import pytest

from cowrie_assets.definitions import defs
from cowrie_assets.defs.partitions import (
    DAILY,
    MONTHLY,
    PARTITIONS,
    WEEKLY,
    has_key,
    key_of,
    keys_between,
    period_of_key,
)
from cowrie_assets.defs.sensors.requests import ranges, request
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.reports.periods import period_of
from cowrie_assets.warehouse.engine import Warehouse


@pytest.mark.parametrize(
    ("kind", "key", "label", "end"),
    [
        ("daily", "2026-08-31", "2026-08-31", "2026-09-01"),
        ("weekly", "2026-08-31", "2026-W36", "2026-09-07"),
        ("weekly", "2020-12-28", "2020-W53", "2021-01-04"),
        ("weekly", "2024-12-30", "2025-W01", "2025-01-06"),
        ("monthly", "2026-09-01", "2026-09", "2026-10-01"),
        ("monthly", "2026-12-01", "2026-12", "2027-01-01"),
    ],
)
def test_a_key_is_the_first_day_of_its_period(kind, key: str, label: str, end: str) -> None:
    period = period_of_key(kind, key)
    assert (period.label, key_of(period), period.end.isoformat()) == (label, key, end)


@pytest.mark.parametrize("kind", ["daily", "weekly", "monthly"])
def test_every_key_of_dagster_is_the_key_of_its_period(kind) -> None:
    partitions = PARTITIONS[kind]
    for key in partitions.get_partition_keys()[:60]:
        window = partitions.time_window_for_partition_key(key)
        period = period_of_key(kind, key)
        assert (window.start.date(), window.end.date()) == (period.start, period.end)
        assert key_of(period) == key


def test_first_day_lies_in_a_whole_week_and_month() -> None:
    assert DAILY.get_first_partition_key() == "2020-01-01"
    assert WEEKLY.get_first_partition_key() == "2019-12-30"
    assert MONTHLY.get_first_partition_key() == "2020-01-01"


def test_partitions_begin_with_the_oldest_event_and_runs_cut_time_alike(sample_settings) -> None:
    """In processes of their own: the code location as it loads, and a run that it starts."""
    with Warehouse.open(sample_settings.database_url) as warehouse:
        ingest(warehouse, sample_settings)
    program = (
        "import subprocess, sys; from cowrie_assets.defs.partitions import FIRST_DAY; print(FIRST_DAY, flush=True);"
        "sys.argv[1:] and subprocess.run([sys.executable, '-c', sys.argv[1]], check=True)"
    )
    environment = {**os.environ, "COWRIE_DATABASE_URL": sample_settings.database_url}
    for said, begin in ((None, "2026-08-30"), ("2026-08-01", "2026-08-01")):
        ran = subprocess.run(
            [sys.executable, "-c", program, program],
            env=environment | ({"COWRIE_FIRST_DAY": said} if said else {}),
            capture_output=True,
            text=True,
            check=True,
        )
        assert ran.stdout.split() == [begin, begin]


def test_what_runs_now_is_a_partition_and_tomorrow_is_none(one_day) -> None:
    for kind in PARTITIONS:
        assert has_key(period_of(kind, one_day))
        assert not has_key(period_of(kind, one_day).next())
    assert not has_key(period_of("daily", date(2019, 12, 31)))


@pytest.mark.parametrize("kind", ["weekly", "monthly"])
def test_the_first_and_the_running_period_can_be_backfilled_though_days_of_them_are_no_partitions(kind) -> None:
    graph = defs.resolve_asset_graph()
    report, sessions = dg.AssetKey(f"{kind}_report"), dg.AssetKey("session_summaries")
    keys = PARTITIONS[kind].get_partition_keys()
    for key in (keys[0], keys[-1]):
        upstream = graph.get_partition_mapping(report, sessions).get_upstream_mapped_partitions_result_for_partitions(
            PARTITIONS[kind].subset_with_partition_keys([key]), PARTITIONS[kind], DAILY
        )
        assert upstream.required_but_nonexistent_subset.is_empty
        days = list(upstream.partitions_subset.get_partition_keys())
        assert all(period_of_key(kind, day) == period_of_key(kind, key) for day in days)
        assert days


def test_neighbours_share_a_run_of_at_most_31() -> None:
    days = [period_of("daily", date(2026, 1, 1) + timedelta(days=number)) for number in (0, 1, 2, 4, *range(10, 50))]
    assert [(first.label, last.label) for first, last in ranges(reversed(days))] == [
        ("2026-01-01", "2026-01-03"),
        ("2026-01-05", "2026-01-05"),
        ("2026-01-11", "2026-02-10"),
        ("2026-02-11", "2026-02-19"),
    ]


def test_neighbouring_weeks_and_months_share_a_run() -> None:
    weeks = [period_of("weekly", date(2026, 8, day)) for day in (10, 17, 31)]
    assert [(first.label, last.label) for first, last in ranges(weeks)] == [
        ("2026-W33", "2026-W34"),
        ("2026-W36", "2026-W36"),
    ]
    months = [period_of("monthly", date(2026, month, 5)) for month in (1, 2, 4)]
    assert [(first.label, last.label) for first, last in ranges(months)] == [
        ("2026-01", "2026-02"),
        ("2026-04", "2026-04"),
    ]


def test_a_request_names_one_partition_or_a_range() -> None:
    day, next_day = period_of("daily", date(2026, 8, 31)), period_of("daily", date(2026, 9, 1))
    one = request("ingest", (day, day))
    assert (one.partition_key, dict(one.tags)) == ("2026-08-31", {"dagster/priority": "1"})
    two = request("ingest", (day, next_day))
    assert two.partition_key is None
    assert dict(two.tags) == {
        "dagster/priority": "1",
        "dagster/asset_partition_range_start": "2026-08-31",
        "dagster/asset_partition_range_end": "2026-09-01",
    }
    assert keys_between(DAILY, "2026-08-31", "2026-09-01") == ["2026-08-31", "2026-09-01"]
