"""Days have versions that are equal or not, where numbers rose in the order of commits; and the warehouse an identity.

Reports say which versions of days they were made from, in place of the newest number among these days: those that
showed the data as it was do so after the upgrade, and after the way back.
"""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, timedelta

from alembic import context
from sqlalchemy import Connection, text

from cowrie_assets.warehouse.dictionary import digest_of

revision = "0008"
down_revision = "0007"
lost = ""

_COMPARED = {"daily": 7, "weekly": 4, "monthly": 4}
"""How many periods before its own a report looks at."""
_EPOCH = date(1970, 1, 1)
_MADE_FROM = text("UPDATE reports SET made_from = :made_from WHERE report_type = :report_type AND period = :period")
_REVISION = text("UPDATE reports SET revision = 1 WHERE report_type = :report_type AND period = :period")
_Days = list[tuple[int, int]]
"""Days with their revisions, or their versions."""


def upgrade() -> None:
    """Run the engine's own file, then tell which reports are current, and give the warehouse its identity."""
    connection: Connection = context.config.attributes["connection"]
    rows = connection.execute(text("SELECT session_day, revision FROM changed_days"))
    days = {row.session_day: row.revision for row in rows}
    reports = connection.execute(text("SELECT report_type, period, revision FROM reports")).all()
    context.config.attributes["run_ddl"](revision)
    for row in reports:
        made_from = _made_from(row.report_type, row.period, days)
        if row.revision == max((number for period in made_from for _, number in period), default=0):
            binds = {"report_type": row.report_type, "period": row.period, "made_from": _digest(made_from)}
            connection.execute(_MADE_FROM, binds)
    connection.execute(text("INSERT INTO warehouse_identity VALUES (:identity)"), {"identity": secrets.token_hex(8)})


def downgrade() -> None:
    """Run the engine's own file for the way back, then tell which reports are current."""
    connection: Connection = context.config.attributes["connection"]
    rows = connection.execute(text("SELECT session_day, version FROM changed_days"))
    days = {row.session_day: row.version for row in rows}
    reports = connection.execute(text("SELECT report_type, period, made_from FROM reports")).all()
    context.config.attributes["run_ddl"](revision, down=True)
    for row in reports:
        made_from = _made_from(row.report_type, row.period, days)
        if any(made_from) and bytes(row.made_from) == _digest(made_from):
            connection.execute(_REVISION, {"report_type": row.report_type, "period": row.period})


def _made_from(report_type: str, label: str, days: Mapping[int, int]) -> list[_Days]:
    """The days of a report's period, then of those before it that it is compared with."""
    found = []
    for start, end in _periods(report_type, label):
        numbers = range((start - _EPOCH).days, (end - _EPOCH).days)
        found.append([(day, days[day]) for day in numbers if day in days])
    return found


def _digest(made_from: list[_Days]) -> bytes:
    return digest_of(*(" ".join(f"{day}:{number}" for day, number in period) for period in made_from))


def _periods(report_type: str, label: str) -> Iterator[tuple[date, date]]:
    """The first day and the day behind the last of a period, and of those before it, as far as the calendar goes."""
    start, end = _span(report_type, label)
    yield start, end
    with suppress(OverflowError, ValueError):
        for _ in range(_COMPARED[report_type]):
            end = start
            if report_type == "monthly":
                start = (start - timedelta(days=1)).replace(day=1)
            else:
                start -= timedelta(days=7 if report_type == "weekly" else 1)
            yield start, end


def _span(report_type: str, label: str) -> tuple[date, date]:
    if report_type == "monthly":
        start = date.fromisoformat(f"{label}-01")
        return start, (start.replace(day=28) + timedelta(days=4)).replace(day=1)
    if report_type == "weekly":
        year, week = label.split("-W")
        start = date.fromisocalendar(int(year), int(week), 1)
        return start, start + timedelta(days=7)
    start = date.fromisoformat(label)
    return start, start + timedelta(days=1)
