"""What the warehouse and the report folder hold and Dagster has no record of, or an older one.

It follows from what stands there, at every look anew: nothing is noted of what was told before.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import dagster as dg

from cowrie_assets.clock import now_us, today
from cowrie_assets.defs.assets.archive import ARCHIVE
from cowrie_assets.defs.assets.logs import RAW_EVENTS
from cowrie_assets.defs.assets.summaries import SUMMARY_NAMES
from cowrie_assets.defs.in_work import keys_in_work, runs_in_work
from cowrie_assets.defs.partitions import DAILY, FIRST_DAY, PARTITIONS, has_key, key_of
from cowrie_assets.defs.records import records_of
from cowrie_assets.operations.looked_through import Days, event_span, looked_through
from cowrie_assets.operations.positions import (
    Position,
    day_positions,
    days_that_left,
    identity,
    made_from_seals,
    report_positions,
)
from cowrie_assets.reports.periods import REPORT_TYPES, Period, ReportType, period_of
from cowrie_assets.reports.staleness import stale_periods
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.pending import pending_days
from cowrie_assets.warehouse.engine import Warehouse

TABLES = (RAW_EVENTS, *SUMMARY_NAMES)


@dataclass(frozen=True, slots=True)
class Unrecorded:
    """A partition of some assets: of tables, which share its day, of the archive, or of a report."""

    period: Period
    assets: tuple[str, ...]
    written_at: int | None = None
    """Of a report: when it was written, in microseconds since 1970-01-01 UTC."""


def unrecorded(instance: dg.DagsterInstance, warehouse: Warehouse, settings: Settings) -> list[Unrecorded]:
    """What is to be recorded, the newest first. Left out is what a run has in work, and what is still to be done:
    days that wait for a summary, reports that are stale. Dagster is asked five questions an asset."""
    with warehouse.read() as connection:
        look = _Look(instance, runs_in_work(instance), identity(connection))
        written = {kind: report_positions(connection, kind) for kind in REPORT_TYPES}
        stale = {period for kind in REPORT_TYPES for period in stale_periods(connection, kind, now=now_us())}
    found = list(_Days(look, warehouse, settings).unrecorded())
    for report_type in REPORT_TYPES:
        fresh = {period: position for period, position in written[report_type].items() if period not in stale}
        found += _reports(look, report_type, fresh)
    found += _archived(look, warehouse)
    return sorted(found, key=lambda each: each.period.start, reverse=True)


@dataclass(frozen=True, slots=True)
class _Look:
    """What a look at everything has in common."""

    instance: dg.DagsterInstance
    runs: Sequence[dg.DagsterRun]
    """Those that are in work."""
    warehouse: str
    """Its identity."""

    def in_work(self, partitions: dg.TimeWindowPartitionsDefinition, asset: str) -> frozenset[str]:
        """The keys of an asset that are in work."""
        return keys_in_work(self.runs, partitions, asset)


class _Days:
    """The days of the tables."""

    def __init__(self, look: _Look, warehouse: Warehouse, settings: Settings) -> None:
        self._warehouse, self._settings, self._identity = warehouse, settings, look.warehouse
        self._records = {table: records_of(look.instance, table) for table in TABLES}
        self._in_work = {table: look.in_work(DAILY, table) for table in TABLES}
        self._pending = set(pending_days(warehouse))
        self._looked_through: Days | None = None

    def unrecorded(self) -> Iterator[Unrecorded]:
        with self._warehouse.read() as connection:
            positions = day_positions(connection)
            span = event_span(connection, FIRST_DAY, today())
        known = {day: position for day, position in positions.items() if FIRST_DAY <= day <= today()}
        empty = {day: Position() for day in _each_day(span) if day not in known}
        due = {day: tables for day, position in (empty | known).items() if (tables := self._due(day, position))}
        if any(day in empty or self._failed(day) for day in due):
            self._looked_through = looked_through(self._warehouse, self._settings, FIRST_DAY)
        for day, tables in due.items():
            if day in empty and not self._is_looked_through(day):
                continue
            told = [table for table in tables if table != RAW_EVENTS or self._is_over(day)]
            if told:
                yield Unrecorded(period_of("daily", day), tuple(told))

    def _due(self, day: date, position: Position) -> list[str]:
        key = day.isoformat()
        return [
            table
            for table in TABLES
            if key not in self._in_work[table]
            and (table == RAW_EVENTS or day not in self._pending)
            and (
                key in self._records[table].failed
                or not self._records[table].covers(key, _of_table(table, position), self._identity)
            )
        ]

    def _failed(self, day: date) -> bool:
        return day.isoformat() in self._records[RAW_EVENTS].failed

    def _is_over(self, day: date) -> bool:
        """Whether a reading of the day that failed is made up for: it is not while a log of it may be left to read."""
        return not self._failed(day) or self._is_looked_through(day)

    def _is_looked_through(self, day: date) -> bool:
        return self._looked_through is not None and self._looked_through[0] <= day <= self._looked_through[1]


def _of_table(table: str, position: Position) -> Position:
    """What of a day's position a table's figures follow from: those of summaries from its sessions alone."""
    return position if table == RAW_EVENTS else position.of_sessions


def _reports(look: _Look, report_type: ReportType, written: Mapping[Period, Position]) -> Iterator[Unrecorded]:
    asset = f"{report_type}_report"
    records = records_of(look.instance, asset)
    in_work = look.in_work(PARTITIONS[report_type], asset)
    for period, position in written.items():
        key = key_of(period)
        if not has_key(period) or key in in_work:
            continue
        if key in records.failed or not records.covers(key, position, look.warehouse):
            yield Unrecorded(period, (asset,), position.reports)


def _archived(look: _Look, warehouse: Warehouse) -> Iterator[Unrecorded]:
    """Days whose raw events are in the archive alone; of the others nothing here tells whether they have their file."""
    with warehouse.read() as connection:
        left = days_that_left(connection)
        made_from = made_from_seals(connection, left)
    if not left:
        return
    records, in_work = records_of(look.instance, ARCHIVE), look.in_work(DAILY, ARCHIVE)
    for day in left:
        period, key = period_of("daily", day), day.isoformat()
        if has_key(period) and key not in in_work:
            recorded = records.made_from.get(key)
            covers = recorded is not None and key in recorded.marks and recorded.of(key) == made_from.of(key)
            if key in records.failed or not covers:
                yield Unrecorded(period, (ARCHIVE,))


def _each_day(span: Days | None) -> Iterator[date]:
    if span is not None:
        first, last = span
        yield from (first + timedelta(days=number) for number in range((last - first).days + 1))
