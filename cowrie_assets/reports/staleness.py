"""Which reports must be written anew, because what they show, or what they compare it with, is not what it was.

A day's version (`changed_days`) is another one whenever its sessions may have changed, or what they brought may be new
no more. A report is recorded with a digest of the versions of its own days and of those of the periods that it is
compared with, and is stale where these come to another digest. Days have a version for each sensor, too
(`sensor_days`): they tell which of a stale period's reports are written anew (`reports.standing`). Beside each stands
the version of what campaigns say of the day (`campaign_days`), and with a period's days a digest of what is told of its
snowshoes and its long tail, which rest on other days (`reports.rare_versions`). A report also goes
by the version of the document: one of an earlier version is stale; one of a later version is not, for a process of an
older release that runs on beside a newer one would write it back. And it goes by the verdicts that it shows: who writes
a verdict says which reports show it (`verdict_reports`), and a report says as of when it shows them
(`verdicts_as_of`).
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import groupby

from sqlalchemy import Connection, select

from cowrie_assets.clock import day_number, day_of_number
from cowrie_assets.reports.completeness import without_missing_days
from cowrie_assets.reports.document_version import DOCUMENT_VERSION
from cowrie_assets.reports.periods import PERIODS_COMPARED, Period, PeriodError, ReportType, parse_period, period_of
from cowrie_assets.reports.rare_versions import told_by_sensor, told_of_all
from cowrie_assets.warehouse.day_versions import ANY_SENSOR, Version, versions_by_sensor, versions_of_sessions
from cowrie_assets.warehouse.dictionary import digest_of
from cowrie_assets.warehouse.schema import reports, verdict_reports
from cowrie_assets.warehouse.sql import statement


def stale_periods(connection: Connection, report_type: ReportType, *, now: int) -> list[Period]:
    """The periods, in order, whose numbers changed since their reports were written, or whose reports are of an earlier
    version of the document, or can be completed.

    Those that can be completed ended since they were written, or waited for a day that no summary waits for any more.
    One that would be incomplete again is not stale: it gets its report when its days are there.
    `now` is in microseconds since 1970-01-01 UTC. A period that never had a session needs no report.
    """
    written = {
        row.period: row for row in connection.execute(select(reports).where(reports.c.report_type == report_type))
    }
    stale = {
        period
        for period, made_from_today in made_from_of_all(connection, report_type).items()
        if period.label not in written
        or bytes(written[period.label].made_from) != made_from_today
        or written[period.label].document_version < DOCUMENT_VERSION
    }
    stale.update(parse_period(report_type, label) for label in with_other_verdicts(connection, report_type))
    unfinished = [parse_period(report_type, label) for label, row in written.items() if not row.complete]
    stale.update(without_missing_days(connection, [period for period in unfinished if period.is_over(now)]))
    return sorted(stale, key=lambda period: period.start)


def with_other_verdicts(connection: Connection, report_type: ReportType) -> set[str]:
    """The labels of the periods whose written reports show verdicts that are others now."""
    found = statement("reports/with_other_verdicts")
    return set(connection.execute(found, {"report_type": report_type}).scalars())


def verdicts_as_of(connection: Connection, period: Period) -> dict[int, int]:
    """When a verdict changed last that the report of a period shows, in microseconds since 1970-01-01 UTC, by sensor
    (`sensors.id`; 0: of all sensors, whose comes last of all). Of one that shows none that ever changed there is none.
    """
    of_period = verdict_reports.c.report_type == period.report_type, verdict_reports.c.period == period.label
    rows = connection.execute(select(verdict_reports.c.sensor_id, verdict_reports.c.changed_at).where(*of_period))
    return {row.sensor_id: row.changed_at for row in rows}


def written_at(connection: Connection, report_type: ReportType) -> dict[Period, int]:
    """When the report of each period was written last, in microseconds since 1970-01-01 UTC."""
    columns = select(reports.c.period, reports.c.generated_at).where(reports.c.report_type == report_type)
    return {parse_period(report_type, row.period): row.generated_at for row in connection.execute(columns)}


def made_from_of_all(connection: Connection, report_type: ReportType) -> dict[Period, bytes]:
    """`made_from` of each period that has sessions or a written report.

    A day whose period outlasts the calendar (9999) is in none.
    """
    of_days = _by_period(report_type, versions_of_sessions(connection))
    labels = connection.execute(select(reports.c.period).where(reports.c.report_type == report_type)).scalars()
    periods = {parse_period(report_type, label) for label in labels} | of_days.keys()
    told = told_of_all(connection, report_type)
    return {period: _digest(period, of_days, told.get(period.label)) for period in periods}


def made_from(connection: Connection, period: Period) -> bytes:
    """A digest of the versions of the days of a period and of those that it is compared with."""
    versions = versions_of_sessions(connection, *_days_of(period))
    told = told_by_sensor(connection, period).get(ANY_SENSOR)
    return _digest(period, _by_period(period.report_type, versions), told)


def made_from_by_sensor(connection: Connection, period: Period) -> dict[int, bytes]:
    """As `made_from` of each sensor (`sensors.id`) that has, or had, sessions on one of these days."""
    rows, told = versions_by_sensor(connection, *_days_of(period)), told_by_sensor(connection, period)
    return {
        sensor: _digest(period, _by_period(period.report_type, (version for _, version in of_sensor)), told.get(sensor))
        for sensor, of_sensor in groupby(rows, key=lambda row: row[0])
    }


def _days_of(period: Period) -> tuple[int, int]:
    """The first of the days of a period and of those that it is compared with, and the one behind the last."""
    *_, first = _with_compared(period)
    return day_number(first.start), day_number(period.end)


def _by_period(report_type: ReportType, versions: Iterable[Version]) -> Mapping[Period, str]:
    """The days of each period with their versions, as text."""
    found: dict[Period, list[str]] = {}
    for day, version, campaigns in versions:
        with suppress(PeriodError):
            said = f"{day}:{version}:{campaigns}" if campaigns else f"{day}:{version}"
            found.setdefault(period_of(report_type, day_of_number(day)), []).append(said)
    return {period: " ".join(days) for period, days in found.items()}


def _digest(period: Period, of_days: Mapping[Period, str], told: bytes | None) -> bytes:
    rare = [told.hex()] if told else []
    return digest_of(*(of_days.get(each, "") for each in _with_compared(period)), *rare)


def _with_compared(period: Period) -> Iterator[Period]:
    """A period, and those before it that it is compared with."""
    yield period
    with suppress(PeriodError):
        for _ in range(PERIODS_COMPARED[period.report_type]):
            period = period.previous()
            yield period
