"""Which reports show other snowshoes, or another long tail, than what is told now (docs/RARE.md).

What is told of a period follows from sessions of any day up to its end. So it is worked out again where one of these
changed, and each sensor's has a digest: a report is stale where that is another one, and only there
(`reports.staleness`). Until it was worked out again, nobody knows whether a report tells something else.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress

from sqlalchemy import Connection, select

from cowrie_assets.clock import day_of_number
from cowrie_assets.reports.periods import REPORT_TYPES, Period, PeriodError, period_of
from cowrie_assets.warehouse.day_versions import ANY_SENSOR, Version, versions_of_sessions
from cowrie_assets.warehouse.dictionary import digest_of
from cowrie_assets.warehouse.schema import rare_periods

RARE_VERSION = 1
"""Raised where the same sessions are told otherwise."""


def waiting(connection: Connection) -> dict[Period, bytes]:
    """The periods of which it is not known what is told now, each with a digest of what that follows from."""
    noted = {
        (row.report_type, row.period): bytes(row.made_from)
        for row in connection.execute(select(rare_periods).where(rare_periods.c.sensor_id == ANY_SENSOR))
    }
    return {
        period: made_from
        for period, made_from in made_from_of_days(versions_of_sessions(connection))
        if noted.get((period.report_type, period.label)) != made_from
    }


def told_by_sensor(connection: Connection, period: Period) -> dict[int, bytes]:
    """A digest of what is told of a period, as it was worked out last, by sensor (`sensors.id`; ANY_SENSOR: of all)."""
    of_period = rare_periods.c.report_type == period.report_type, rare_periods.c.period == period.label
    rows = connection.execute(select(rare_periods.c.sensor_id, rare_periods.c.told).where(*of_period))
    return {row.sensor_id: bytes(row.told) for row in rows}


def told_of_all(connection: Connection, report_type: str) -> Mapping[str, bytes]:
    """The same of all sensors, by the labels of all periods."""
    columns = rare_periods.c
    of_all = columns.report_type == report_type, columns.sensor_id == ANY_SENSOR
    rows = connection.execute(select(columns.period, columns.told).where(*of_all))
    return {row.period: bytes(row.told) for row in rows}


def made_from_of_days(versions: tuple[Version, ...]) -> Iterator[tuple[Period, bytes]]:
    """Each period with sessions, and a digest of the versions of all days up to its end. Where nobody ever looked for
    campaigns nothing is told, and there is none."""
    if not any(campaigns for _, _, campaigns in versions):
        return
    up_to, found = str(RARE_VERSION), {}
    for day, version, campaigns in versions:
        up_to = digest_of(up_to, f"{day}:{version}:{campaigns}").hex()
        for report_type in REPORT_TYPES:
            with suppress(PeriodError):
                found[period_of(report_type, day_of_number(day))] = bytes.fromhex(up_to)
    yield from found.items()
