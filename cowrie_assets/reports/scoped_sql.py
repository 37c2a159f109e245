"""The SQL of the reports in its variants: of all sensors, and of one; each whole, or a part of it (`Counted`).

A file says `(:sensor_id = 0 OR s.sensor_id = :sensor_id)`, and reads alike for both. So written, no engine looks the
sensor up in the index: it goes through the rows of all. The variant of all sensors is without that condition. That of
one sensor names the days of the period one by one beside the sensor: both columns of the index `session_facts_day` are
looked up. Without known scanners, the condition has their sessions left out besides.

A file whose rows are numbers and lists is a WITH and a SELECT for each of these, joined by UNION ALL. A part of it has
some of the SELECTs, always the first, for it names the columns: no engine works out what of the WITH is not read.
"""

import re
from enum import Enum, auto
from functools import cache

from sqlalchemy import TextClause, bindparam, text

from cowrie_assets.warehouse.sql import source

DAYS = "days"
"""The bind that the variant of one sensor may have: every day of the period."""


class Counted(Enum):
    """What of a section is counted."""

    ALL = auto()
    BUT_TOPS = auto()
    """All but the top lists."""
    TOPS = auto()
    """The top lists alone."""
    TOPS_WITHOUT_SCANNERS = auto()
    """The same, without the sessions of known scanners."""


_SENSOR = re.compile(r"\(:sensor_id = 0 OR (\w+)\.sensor_id = :sensor_id\)")
_DAYS_AND_SENSOR = re.compile(
    r"(\w+)\.session_day >= :start_day AND \1\.session_day < :end_day"
    r" AND \(:sensor_id = 0 OR \1\.sensor_id = :sensor_id\)"
)


_UNION = "\nUNION ALL\n"
_TOP = "SELECT 'top_"
_NO_SCANNER = r" AND NOT EXISTS (SELECT 1 FROM known_scanners AS k WHERE k.address_id = \1.src_ip_id)"


@cache
def scoped_source(
    name: str, dialect: str = "sqlite", *, one_sensor: bool, streams: bool = False, counted: Counted = Counted.ALL
) -> str:
    """The text of `sql/reports/<name>.sql` for an engine in one of the variants; where it `streams` a window of any
    length in the order of the index, without the list of days."""
    sql = source(f"reports/{name}", dialect)
    if counted is Counted.TOPS_WITHOUT_SCANNERS:
        sql = _SENSOR.sub(rf"\g<0>{_NO_SCANNER}", sql)
    if counted is not Counted.ALL:
        sql = _part(sql, tops=counted is not Counted.BUT_TOPS)
    if not one_sensor:
        return _SENSOR.sub("TRUE", sql)
    if not streams:
        sql = _DAYS_AND_SENSOR.sub(rf"\1.session_day IN :{DAYS} AND \1.sensor_id = :sensor_id", sql)
    return _SENSOR.sub(r"\1.sensor_id = :sensor_id", sql)


def _part(sql: str, *, tops: bool) -> str:
    """A statement with its top lists alone, or with all else."""
    first, *others = sql.split(_UNION)
    return _UNION.join([first, *(each for each in others if each.startswith(_TOP) is tops)])


@cache
def scoped_statement(
    name: str, dialect: str = "sqlite", *, one_sensor: bool, streams: bool = False, counted: Counted = Counted.ALL
) -> TextClause:
    """The same, ready to run."""
    return declared(scoped_source(name, dialect, one_sensor=one_sensor, streams=streams, counted=counted))


def declared(sql: str) -> TextClause:
    """`sql` with its list of days declared, where it has one."""
    return text(sql).bindparams(bindparam(DAYS, expanding=True)) if f":{DAYS}" in sql else text(sql)
