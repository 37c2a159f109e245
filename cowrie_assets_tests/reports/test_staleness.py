"""When reports are written anew: after a change to what they show, or to what they compare it with."""

import random
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from cowrie_assets.campaigns.update import update_campaigns
from cowrie_assets.clock import day_number
from cowrie_assets.reports.document import build_report
from cowrie_assets.reports.document_version import DOCUMENT_VERSION
from cowrie_assets.reports.files import write_reports
from cowrie_assets.reports.periods import REPORT_TYPES, Period, ReportType, parse_period, period_of
from cowrie_assets.reports.rare_noting import note_rare
from cowrie_assets.reports.rare_versions import waiting
from cowrie_assets.reports.sensors import sensors_with_sessions
from cowrie_assets.reports.staleness import made_from, made_from_by_sensor, made_from_of_all, stale_periods
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import changed_days, reports, sensors
from cowrie_assets.warehouse.upsert import upsert
from cowrie_assets_tests import events
from cowrie_assets_tests.examples import examples
from cowrie_assets_tests.loading import load_lines
from cowrie_assets_tests.reports.facts import Facts, Session
from cowrie_assets_tests.reports.test_document import DAY, LATER, MONDAY


def stale(warehouse, report_type="daily", now=LATER) -> list[str]:
    with warehouse.read() as connection:
        return [period.label for period in stale_periods(connection, report_type, now=now)]


def change(warehouse, day: date, version: int) -> None:
    """Let the sessions of a day have changed."""
    with warehouse.write() as connection:
        upsert(connection, changed_days, {"session_day": day_number(day)}, {"version": version})


def test_a_report_is_stale_until_it_is_written_and_after_a_change(warehouse, report_dir):
    Facts(warehouse).store([Session(MONDAY), Session(MONDAY + timedelta(days=1))])
    assert stale(warehouse) == ["2026-08-31", "2026-09-01"]
    assert stale(warehouse, "weekly") == ["2026-W36"]
    assert stale(warehouse, "monthly") == ["2026-08", "2026-09"]
    write_reports(warehouse, DAY, report_dir, now_us=LATER)
    write_reports(warehouse, parse_period("weekly", "2026-W36"), report_dir, now_us=LATER)
    assert stale(warehouse) == ["2026-09-01"]
    assert stale(warehouse, "weekly") == []
    change(warehouse, MONDAY + timedelta(days=1), 5)
    write_reports(warehouse, parse_period("weekly", "2026-W36"), report_dir, now_us=LATER)
    assert stale(warehouse, "weekly") == []
    change(warehouse, MONDAY + timedelta(days=6), 9)
    assert stale(warehouse) == ["2026-09-01", "2026-09-06"]
    assert stale(warehouse, "weekly") == ["2026-W36"]


def test_a_report_made_while_its_period_ran_is_stale_when_that_is_over(warehouse, report_dir):
    Facts(warehouse).store([Session(MONDAY)])
    write_reports(warehouse, DAY, report_dir, now_us=DAY.end_us - 1)
    empty = DAY.next()
    write_reports(warehouse, empty, report_dir, now_us=empty.end_us - 1)
    assert stale(warehouse, now=DAY.end_us - 1) == []
    assert stale(warehouse, now=DAY.end_us) == ["2026-08-31"]
    assert stale(warehouse, now=empty.end_us) == ["2026-08-31", "2026-09-01"]
    write_reports(warehouse, empty, report_dir, now_us=empty.end_us)
    assert stale(warehouse, now=LATER) == ["2026-08-31"]


def test_the_last_day_of_the_calendar_has_no_report_and_is_in_no_ones_way(warehouse):
    Facts(warehouse).store([Session(date(9999, 12, 31)), Session(MONDAY)])
    assert stale(warehouse) == ["2026-08-31"]
    assert stale(warehouse, "monthly") == ["2026-08"]


# ------------------------------------------------------------------------------------------- what a late event changes


def tried(password: str, day: date) -> bytes:
    """A session that tries a password and does nothing else."""
    return events.line(1, session=f"{password} {day}", timestamp=f"{day}T12:00:00Z", password=password)


def note_all_written(warehouse: Warehouse) -> None:
    """Record the reports of every period that has sessions as written, as `write_reports` does."""
    with warehouse.write() as connection:
        connection.execute(reports.delete())
        for kind in REPORT_TYPES:
            for period in made_from_of_all(connection, kind):
                row = {"report_type": kind, "period": period.label, "complete": 1, "generated_at": LATER}
                row |= {"made_from": made_from(connection, period), "document_version": DOCUMENT_VERSION}
                connection.execute(insert(reports).values(row))


def all_stale(warehouse: Warehouse) -> dict[ReportType, list[str]]:
    return {kind: stale(warehouse, kind) for kind in REPORT_TYPES}


def from_on(*days: date) -> dict[ReportType, list[str]]:
    """The periods of `days` and those compared with them, seven days, four weeks, four months; with sessions only."""
    labels: dict[ReportType, list[str]] = {}
    for kind, count in (("daily", 8), ("weekly", 5), ("monthly", 5)):
        periods = set()
        for day in days:
            period = period_of(kind, day)
            for _ in range(count):
                periods.add(period)
                period = period.next()
        labels[kind] = [
            period.label
            for period in sorted(periods, key=lambda period: period.start)
            if any(period.start <= day < period.end for day in {*DAYS, *days})
        ]
    return labels


DAYS = [
    *(date(2026, 2, 1) + timedelta(days=number) for number in range(40)),
    *(date(2026, month, 15) for month in (4, 5, 6, 7, 8)),
]


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Warehouse]:
    """A session on each of `DAYS` that shares no value with another; all reports are written."""
    with Warehouse.open(f"sqlite:///{tmp_path / 'own.db'}") as warehouse:
        load_lines(warehouse, tmp_path / "logs", *(tried(f"first on {day}", day) for day in DAYS))
        refresh(warehouse)
        note_all_written(warehouse)
        assert all_stale(warehouse) == {kind: [] for kind in REPORT_TYPES}
        yield warehouse


def test_a_late_event_makes_the_reports_stale_that_show_it_or_compare_with_its_day(
    written: Warehouse, tmp_path: Path
) -> None:
    late = date(2026, 2, 11)
    load_lines(written, tmp_path / "logs", tried("on no other day", late))
    refresh(written)
    found = all_stale(written)
    assert found == from_on(late)
    assert (found["daily"][0], found["daily"][-1]) == ("2026-02-11", "2026-02-18")
    assert found["weekly"] == ["2026-W07", "2026-W08", "2026-W09", "2026-W10", "2026-W11"]
    assert found["monthly"] == ["2026-02", "2026-03", "2026-04", "2026-05", "2026-06"]
    note_all_written(written)
    refresh(written)
    assert all_stale(written) == {kind: [] for kind in REPORT_TYPES}


def test_a_value_that_turns_out_to_be_older_makes_the_report_stale_that_calls_it_new(
    written: Warehouse, tmp_path: Path
) -> None:
    late, first = date(2026, 2, 2), date(2026, 2, 20)
    load_lines(written, tmp_path / "logs", tried(f"first on {first}", late))
    refresh(written)
    assert all_stale(written) == from_on(late, first)


def test_a_day_before_the_first_makes_the_reports_stale_that_had_nothing_to_compare_with(
    written: Warehouse, tmp_path: Path
) -> None:
    earlier = date(2025, 3, 3)
    load_lines(written, tmp_path / "logs", tried("the very first", earlier))
    refresh(written)
    assert all_stale(written) == from_on(earlier, DAYS[0])


def test_a_period_without_sessions_needs_a_report_anew_only_where_it_has_one(warehouse, report_dir):
    Facts(warehouse).store([Session(MONDAY)])
    for period in (DAY, DAY.next()):
        write_reports(warehouse, period, report_dir, now_us=LATER)
    change(warehouse, MONDAY, 5)
    assert stale(warehouse) == ["2026-08-31", "2026-09-01"]
    write_reports(warehouse, DAY.next(), report_dir, now_us=LATER)
    assert stale(warehouse) == ["2026-08-31"]


def test_what_a_report_is_made_from_is_the_same_of_one_period_and_of_all(warehouse):
    days = [date(1, 1, 1), date(1, 1, 2), MONDAY, MONDAY + timedelta(days=40), date(9999, 11, 30), date(9999, 12, 30)]
    Facts(warehouse).store([Session(day) for day in days])
    for version, day in enumerate(days, 2):
        change(warehouse, day, version)
    with warehouse.read() as connection:
        for kind in REPORT_TYPES:
            found = made_from_of_all(connection, kind)
            assert found == {period: made_from(connection, period) for period in found}
            assert len(set(found.values())) == len(found)


# --------------------------------------------------------------------------------- whatever changed is written anew

CIRCUMSTANCES = ("generated_at", "complete", "alerts", "operations", "legacy")
START = date(2026, 8, 27)
KEYS = [f"AAAAC3NzaC1lZDI1NTE5AAAAIK0wmN/Cr3JXqmLW7u+g9pTh+wyqDHpSQEIQczXkVx{last}" for last in ("9q", "9A", "8A")]


def random_lines(chance: random.Random, count: int) -> list[bytes]:
    """Sessions of nine days, around the end of a week and of a month, that share their few values."""
    return [
        events.line(
            chance.choice([2, 3, 6]),
            session=f"{chance.randrange(40):012x}",
            sensor=chance.choice(["hp-1", "hp-1", "hp-2"]),
            timestamp=f"{START + timedelta(days=chance.randrange(9))}T{chance.randrange(24):02}:00:00.{number:06}Z",
            **chance.choice(
                [
                    {"input": f"run {chance.choice('abcdefgh')}"},
                    {"input": "cd /opt/zukamo && ./zukamo --install /opt/zukamo"},
                    {"input": "cd /opt/veripa && ./veripa --install /opt/veripa"},
                    {"input": f"echo ssh-ed25519 {chance.choice(KEYS)} {chance.choice('xy')} >> .ssh/authorized_keys"},
                    {"password": f"pass{chance.randrange(9)}"},
                    {},
                ]
            ),
        )
        for number in range(count)
    ]


def take_in(warehouse: Warehouse, chance: random.Random, folder: Path, count: int) -> None:
    """Load some lines; what they bring campaigns take in at once, or later, or they look before it is summarised."""
    load_lines(warehouse, folder / "logs", *random_lines(chance, count))
    steps = [refresh, update_campaigns, note_rare] if chance.random() < 0.7 else [update_campaigns, note_rare, refresh]
    for step in steps[: chance.choice([1, 2, 3, 3])]:
        step(warehouse)


def documents(warehouse: Warehouse) -> dict[tuple[Period, str | None], dict]:
    """Every report there is to write, without what does not follow from the sessions, or is not known yet."""
    with warehouse.read() as connection:
        periods = [period for kind in REPORT_TYPES for period in made_from_of_all(connection, kind)]
        found, not_known = {}, waiting(connection)
        for period in periods:
            for sensor in (None, *sensors_with_sessions(connection)):
                document = build_report(connection, period, sensor, now_us=LATER, look_back_days=None)
                found[period, sensor] = {key: value for key, value in document.items() if key not in CIRCUMSTANCES}
                if period in not_known:
                    del found[period, sensor]["snowshoe"], found[period, sensor]["longtail"]
    return found


def made_from_of_sensors(warehouse: Warehouse) -> dict[Period, dict[str, bytes]]:
    """What the report of each sensor is made from, of every period."""
    with warehouse.read() as connection:
        names = {row.id: row.name for row in connection.execute(select(sensors))}
        return {
            period: {names[number]: digest for number, digest in made_from_by_sensor(connection, period).items()}
            for kind in REPORT_TYPES
            for period in made_from_of_all(connection, kind)
        }


@examples(2)
@given(seed=st.integers(0, 2**32))
def test_no_report_changes_without_being_stale(seed: int) -> None:
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder, Warehouse.open(f"sqlite:///{folder}/own.db") as warehouse:
        take_in(warehouse, chance, Path(folder), 60)
        written, made_from_before = documents(warehouse), made_from_of_sensors(warehouse)
        note_all_written(warehouse)
        take_in(warehouse, chance, Path(folder), chance.choice([0, 1, 5, 20]))
        found = all_stale(warehouse)
        now = documents(warehouse)
        for key, shown in written.items():
            late = {name: shown[name] for name in shown.keys() - now[key].keys()}
            now[key] = {name: value for name, value in now[key].items() if name in shown} | late
        changed = {period for (period, sensor), shown in written.items() if now[period, sensor] != shown}
        assert {period.label for period in changed if period.label not in found[period.report_type]} == set()
        today = made_from_of_sensors(warehouse)
        for (period, sensor), shown in written.items():
            if sensor is not None and now[period, sensor] != shown:
                assert today[period][sensor] != made_from_before[period].get(sensor)
            if sensor is not None and today[period].get(sensor) != made_from_before[period].get(sensor):
                assert period.label in found[period.report_type]
