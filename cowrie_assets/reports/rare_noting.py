"""Working out what is told of snowshoes and of the long tail of the periods where that may have changed: apart from
`reports.rare_versions`, for whoever asks what is out of date works nothing out."""

from collections.abc import Mapping, Sequence
from functools import partial

from sqlalchemy import Connection, delete, insert

from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.reports.json_writer import dump
from cowrie_assets.reports.periods import Period
from cowrie_assets.reports.rare_versions import made_from_of_days, waiting
from cowrie_assets.reports.sections.rare import rare_of
from cowrie_assets.warehouse.day_versions import ANY_SENSOR, versions_of_sessions
from cowrie_assets.warehouse.dictionary import digest_of
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import rare_periods
from cowrie_assets.warehouse.write_scope import ROWS, of_name

_ALONE = ROWS | of_name("rare_periods")


def note_rare(warehouse: Warehouse, *, progress: ProgressSink = silent) -> int:
    """Work out what is told of the periods up to whose end sessions or campaigns changed; the number of these. Each is
    a transaction: a run that was stopped goes on where it was."""
    with warehouse.read() as connection:
        due = sorted(waiting(connection), key=lambda period: (period.start, period.end))
    for place, period in enumerate(due):
        progress(Progress("look for what is rare", place, len(due), "periods", period.label))
        _note(warehouse, period)
    return len(due)


def _note(warehouse: Warehouse, period: Period) -> None:
    """Work it out in a snapshot, and write it down apart: what changed in between is another `made_from` already."""
    with warehouse.read() as connection:
        made_from = dict(made_from_of_days(versions_of_sessions(connection))).get(period)
        rare = rare_of(connection, period)
    rows = [
        {
            "report_type": period.report_type,
            "period": period.label,
            "sensor_id": sensor,
            "made_from": made_from,
            "told": digest_of(dump(rare.of(sensor), pretty=False).hex()),
        }
        for sensor in sorted({ANY_SENSOR, *rare.of_sensors})
    ]
    warehouse.run(partial(_write, period=period, rows=rows if made_from else []), _ALONE)


def _write(connection: Connection, period: Period, rows: Sequence[Mapping[str, object]]) -> None:
    of_period = rare_periods.c.report_type == period.report_type, rare_periods.c.period == period.label
    connection.execute(delete(rare_periods).where(*of_period))
    if rows:
        connection.execute(insert(rare_periods), rows)
