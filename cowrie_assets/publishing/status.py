"""What is published of which period: for the command line, for Dagster's pages and for the sensor."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, select

from cowrie_assets.publishing import outbox
from cowrie_assets.publishing.destination import Product
from cowrie_assets.reports.periods import Period, parse_period
from cowrie_assets.warehouse.schema import reports
from cowrie_assets.warehouse.sql import statement

State = Literal["published", "pending", "failed"]


@dataclass(frozen=True, slots=True)
class PeriodState:
    """How far a written report is published. Times are in microseconds since 1970-01-01 UTC."""

    period: Period
    state: State
    """`pending`: not tried yet; `failed`: tried in vain, and tried again at `next_attempt_at`."""
    generated_at: int
    documents: int
    """How many of its documents, of the sensors and the aggregate, are confirmed."""
    published_at: int | None
    error: str | None
    next_attempt_at: int | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits to be published."""

    reports: int
    due: int
    """Those whose next attempt is not put off."""
    oldest: int | None
    """When the report that waits longest was written, in microseconds since 1970-01-01 UTC."""
    next_attempt_at: int | None
    """When the first of them is tried; 0 where one never was, None where nothing waits."""
    error: str | None
    """Why one of them waits; None where none was tried yet."""


def backlog(connection: Connection, destination: Product, now_us: int) -> Backlog:
    """What waits, and what of it is due."""
    waiting = outbox.open_reports(connection, destination)
    errors = [error for report in waiting if (error := report.error())]
    return Backlog(
        reports=len(waiting),
        due=sum(report.due_at() <= now_us for report in waiting),
        oldest=min((report.generated_at for report in waiting), default=None),
        next_attempt_at=min((report.due_at() for report in waiting), default=None),
        error=errors[0] if errors else None,
    )


def period_states(connection: Connection, destination: Product) -> list[PeriodState]:
    """Every written report, the newest periods first."""
    binds = {"destination": destination}
    confirmed = {
        (row.report_type, row.period): row
        for row in connection.execute(statement("publishing/confirmed_documents"), binds)
    }
    waiting = {report.period: report for report in outbox.open_reports(connection, destination)}
    states = []
    for row in connection.execute(select(reports)):
        period = parse_period(row.report_type, row.period)
        known, report = confirmed.get((row.report_type, row.period)), waiting.get(period)
        error = report.error() if report else None
        states.append(
            PeriodState(
                period=period,
                state="published" if report is None else "failed" if error else "pending",
                generated_at=row.generated_at,
                documents=known.documents if known else 0,
                published_at=known.published_at if known else None,
                error=error,
                next_attempt_at=report.due_at() if report and error else None,
            )
        )
    return sorted(states, key=lambda state: (state.period.start, state.period.end), reverse=True)
