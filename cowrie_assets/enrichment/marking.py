"""Which reports show a verdict: those of the days and sensors that saw its value, and those that a label is new or
known to. Where a sensor's does, that of all sensors does.

A report tells of the labels that VirusTotal gave to no file of the days before it (`new_vt_classification`). So where
a day gains or loses a label, a report of later days may read otherwise: it has the label, and no day before it does.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from sqlalchemy import Connection, bindparam, select

from cowrie_assets.clock import day_number, day_of_number
from cowrie_assets.enrichment.answers import Kind
from cowrie_assets.reports.periods import REPORT_TYPES, Period, PeriodError, ReportType, period_of
from cowrie_assets.reports.sections.alerts import CLASSIFICATION_DAYS
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.schema import changed_days, sensor_days
from cowrie_assets.warehouse.sql import statement

Reports = set[tuple[ReportType, str, int]]
"""Of each the type, the label of its period, and the sensor (`sensors.id`; 0: all)."""
_DAYS = {
    Kind.FILE: "enrichment/days_of_hashes",
    Kind.ADDRESS: "enrichment/days_of_addresses",
    Kind.PASSWORD: "enrichment/days_of_passwords",
}


def reports_of_days(connection: Connection, values: Mapping[Kind, Sequence[int]]) -> Reports:
    """The reports of the days on which a sensor saw one of some values (`texts.id`)."""
    days: defaultdict[int, set[int]] = defaultdict(set)
    left = {(row.sensor_id, row.session_day) for row in connection.execute(select(sensor_days))}
    left |= {(0, day) for day in connection.execute(select(changed_days.c.session_day)).scalars()}
    for kind, ids in values.items():
        query = statement(_DAYS[kind], connection.dialect.name).bindparams(bindparam("values", expanding=True))
        for some in chunks(ids):
            if not left:  # of a million addresses some thousands were everywhere, every day
                break
            for row in connection.execute(query, {"values": some}):
                days[row.sensor_id].add(row.session_day)
                left.discard((row.sensor_id, row.session_day))
    return {
        (period.report_type, period.label, sensor_id)
        for sensor_id, of_sensor in days.items()
        for period in _periods(of_sensor)
    }


class LabelReports:
    """The reports that have a label which is new to them, as they stand when this is made, of some labels."""

    def __init__(self, connection: Connection, labels: Iterable[str]) -> None:
        self._connection = connection
        self._labels = sorted(labels)
        self._before = self._new()

    def changed(self) -> Reports:
        """Those of which that is not so now, or is so only now."""
        differing = self._before ^ self._new()
        return {
            (period.report_type, period.label, each) for _, sensor_id, period in differing for each in (sensor_id, 0)
        }

    def _new(self) -> set[tuple[str, int, Period]]:
        """Label, sensor (0: all) and period of each."""
        found: set[tuple[str, int, Period]] = set()
        for label in self._labels:
            for sensor_id, days in self._days_with(label).items():
                new = (period for period in _periods(days) if days.isdisjoint(_days_before(period)))
                found.update((label, sensor_id, period) for period in new)
        return found

    def _days_with(self, label: str) -> dict[int, set[int]]:
        """The session days on which a sensor saw a file with a label, by sensor."""
        days: defaultdict[int, set[int]] = defaultdict(set)
        binds = {"label": label}
        for row in self._connection.execute(statement("enrichment/days_of_label"), binds):
            days[row.sensor_id].add(row.session_day)
        return days


def mark_reports(connection: Connection, reports: Reports, now_us: int) -> int:
    """Say that verdicts which these reports show changed. The number of their periods."""
    if reports:
        rows = [
            {"report_type": kind, "period": label, "sensor_id": sensor_id, "now": now_us}
            for kind, label, sensor_id in sorted(reports)
        ]
        connection.execute(statement("enrichment/mark_report"), rows)
    return len({(kind, label) for kind, label, _ in reports})


def _periods(days: Iterable[int]) -> set[Period]:
    found: set[Period] = set()
    for number in days:
        for report_type in REPORT_TYPES:
            with suppress(PeriodError):  # beyond the calendar there is no report
                found.add(period_of(report_type, day_of_number(number)))
    return found


def _days_before(period: Period) -> range:
    start = day_number(period.start)
    return range(start - CLASSIFICATION_DAYS, start)
