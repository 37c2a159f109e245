"""Rows that tell the sensors apart: counted for the report of all, they serve those of the sensors behind it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Row

from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.periods import Period

Rows = Sequence[Row[Any]]
Kept = tuple[Period, Mapping[int, Rows]]
"""A period, and its rows by sensor (`sensors.id`)."""


def rows_by_sensor(scope: Scope, section: str) -> Rows:
    """The rows of `sql/reports/<section>.sql`, a file whose rows each belong to one sensor (`sensor_id`).

    Those of the period whose aggregate was counted last are remembered: a report of one sensor that follows it in the
    same snapshot reads nothing.
    """
    if scope.sensor_id:
        kept = cast(Kept | None, scope.memo.kept_for_now(section))
        if kept is not None and kept[0] == scope.period:
            return kept[1].get(scope.sensor_id, [])
        return scope.rows(section).all()
    rows = scope.rows(section).all()
    scope.memo.keep_for_now(section, (scope.period, by_sensor(rows)))
    return rows


def by_sensor(rows: Rows) -> Mapping[int, Rows]:
    """Rows by their sensor; of one without any there are none."""
    of_sensors: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        of_sensors[row.sensor_id].append(row)
    return dict(of_sensors)
