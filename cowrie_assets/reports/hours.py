"""The sessions of a period by the hour in which they began: what `volume` and the heat map are made of."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.rows_by_sensor import by_sensor

HOURS_OF_A_DAY = 24

HourRows = Sequence[Row[Any]]
"""Rows of `sql/reports/volume.sql`: `hour` counts from the beginning of the period, a row for each of its protocols and
sensors."""


def hour_rows(scope: Scope) -> HourRows:
    """Run `sql/reports/volume.sql`, once for all documents that need the scope's period: rows of all sensors hold those
    of each."""
    return scope.memo.once(_key(scope, scope.sensor_id), lambda: _counted(scope))


def _counted(scope: Scope) -> HourRows:
    rows = scope.rows("volume").all()
    if not scope.sensor_id:
        for sensor_id, of_sensor in by_sensor(rows).items():
            scope.memo.keep(_key(scope, sensor_id), of_sensor)
    return rows


def _key(scope: Scope, sensor_id: int) -> tuple[str, str, int]:
    return ("hours", scope.period.label, sensor_id)
