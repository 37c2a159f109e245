"""The sessions of a period by the hour in which they began: what `volume` and the heat map are made of."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from cowrie_assets.reports.figures import Scope

HOURS_OF_A_DAY = 24

HourRows = Sequence[Row[Any]]
"""Rows of `sql/reports/volume.sql`: `hour` counts from the beginning of the period, a row for each of its protocols."""


def hour_rows(scope: Scope) -> HourRows:
    """Run `sql/reports/volume.sql`, once for all documents that need the scope's period."""
    key = ("hours", scope.period.label, scope.sensor_id)
    return scope.memo.once(key, lambda: scope.rows("volume").all())
