"""Which reports must be written anew, because what they show, or what they compare it with, is not what it was.

A day's revision (`changed_days`) rises whenever its sessions may have changed, or what they brought may be new no more.
A report goes by the newest revision of its own days and of those of the periods that it is compared with. It also goes
by the version of the document: one of an earlier version is stale; one of a later version is not, for a process of an
older release that runs on beside a newer one would write it back.
"""

from collections.abc import Iterator
from contextlib import suppress

from sqlalchemy import Connection, select

from cowrie_assets.clock import day_number, day_of_number
from cowrie_assets.reports.completeness import without_missing_days
from cowrie_assets.reports.document_version import DOCUMENT_VERSION
from cowrie_assets.reports.periods import (
    PERIODS_COMPARED,
    Period,
    PeriodError,
    ReportType,
    first_compared,
    parse_period,
    period_of,
)
from cowrie_assets.warehouse.schema import changed_days, reports
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
        for period, revision in newest_revisions(connection, report_type).items()
        if period.label not in written
        or written[period.label].revision < revision
        or written[period.label].document_version < DOCUMENT_VERSION
    }
    unfinished = [parse_period(report_type, label) for label, row in written.items() if not row.complete]
    stale.update(without_missing_days(connection, [period for period in unfinished if period.is_over(now)]))
    return sorted(stale, key=lambda period: period.start)


def written_at(connection: Connection, report_type: ReportType) -> dict[Period, int]:
    """When the report of each period was written last, in microseconds since 1970-01-01 UTC."""
    columns = select(reports.c.period, reports.c.generated_at).where(reports.c.report_type == report_type)
    return {parse_period(report_type, row.period): row.generated_at for row in connection.execute(columns)}


def newest_revisions(connection: Connection, report_type: ReportType) -> dict[Period, int]:
    """`newest_revision` of each period that has sessions or a written report.

    A day whose period outlasts the calendar (9999) is in none.
    """
    changed: dict[Period, int] = {}
    for row in connection.execute(select(changed_days)):
        with suppress(PeriodError):
            period = period_of(report_type, day_of_number(row.session_day))
            changed[period] = max(changed.get(period, 0), row.revision)
    labels = connection.execute(select(reports.c.period).where(reports.c.report_type == report_type)).scalars()
    newest = {parse_period(report_type, label): 0 for label in labels} | changed
    for period, revision in changed.items():
        for later in _compared_with(period):
            if later in newest:
                newest[later] = max(newest[later], revision)
    return newest


def newest_revision(connection: Connection, period: Period) -> int:
    """The newest change to the sessions of a period and of those it is compared with; 0 where there never were any."""
    binds = {"start_day": day_number(first_compared(period).start), "end_day": day_number(period.end)}
    return int(connection.execute(statement("reports/newest_revision"), binds).scalar_one())


def _compared_with(period: Period) -> Iterator[Period]:
    """The periods behind one that are compared with it."""
    with suppress(PeriodError):
        for _ in range(PERIODS_COMPARED[period.report_type]):
            period = period.next()
            yield period
