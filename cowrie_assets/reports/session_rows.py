"""The sessions of a scope by sensor, protocol and number of commands: few rows for many numbers."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.rows_by_sensor import rows_by_sensor

SessionRows = Sequence[Row[Any]]
"""Rows of `sql/reports/sessions.sql`."""


def session_rows(scope: Scope) -> SessionRows:
    """Run `sql/reports/sessions.sql`."""
    return rows_by_sensor(scope, "sessions")


def total_of(rows: SessionRows, column: str) -> int:
    """The sum of a column over rows of sessions."""
    return sum(getattr(row, column) for row in rows)


def total_duration_us(rows: SessionRows) -> int:
    """How long all sessions of the rows lasted together, exactly: it may be more than 64 bits hold."""
    return (total_of(rows, "duration_high") << 32) + total_of(rows, "duration_low")
