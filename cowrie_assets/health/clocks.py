"""Whether the clocks are right: this machine's, the sensors', the database's."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, text

from cowrie_assets.amounts import age, counted
from cowrie_assets.clock import from_us, iso_us
from cowrie_assets.enrichment.quota import calls_ahead
from cowrie_assets.health.observation import LogState
from cowrie_assets.health.result import Problem
from cowrie_assets.health.silence import CLOCK_TOLERANCE_US, SensorActivity
from cowrie_assets.printable import shown

_OLDER_THAN_THIS = date(2024, 1, 1)
_DATABASE_CLOCK = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)"


def clock_problems(now: int, logs: Sequence[LogState]) -> list[Problem]:
    """This machine's clock, by itself and beside the times at which logs were written."""
    if from_us(now).date() < _OLDER_THAN_THIS:
        return [
            Problem(
                key="machine",
                sentence=f"this machine says it is {iso_us(now)}: set its clock",
                mend="timedatectl set-ntp true",
            )
        ]
    ahead = max(logs, key=lambda log: log.written_at, default=None)
    if ahead is None or ahead.written_at <= now + CLOCK_TOLERANCE_US:
        return []
    return [
        Problem(
            key="logs",
            state="warning",
            sentence=f"a log was written at {iso_us(ahead.written_at)}, later than now, {iso_us(now)}: "
            "a clock is wrong",
            mend="set the clock of this machine, or that of the sensor, by NTP",
            rows=[{"sensor": ahead.log.sensor, "log": str(ahead.log.path), "at": iso_us(ahead.written_at)}],
        )
    ]


def event_clock_problems(sensors: Sequence[SensorActivity]) -> list[Problem]:
    """Sensors whose newest event lies in the future."""
    return [
        Problem(
            key=f"events {each.sensor}",
            state="warning",
            sentence=f"{shown(each.sensor)} has an event in the future ({iso_us(each.future_event_at)}): is its clock "
            "wrong, or a clock_offset missing?",
            mend="set the sensor's clock; where its times are off by a fixed span, give it a clock_offset in the "
            "sensors file and run `cowrie-assets reparse`",
            rows=[{"sensor": each.sensor, "log": None, "at": iso_us(each.future_event_at)}],
        )
        for each in sensors
        if each.future_event_at is not None
    ]


def call_clock_problems(connection: Connection, now: int) -> list[Problem]:
    """Calls to services that a clock dated in the future: this one is behind now, or one was ahead then."""
    number, until = calls_ahead(connection, now)
    if until is None:
        return []
    return [
        Problem(
            key="calls",
            state="warning",
            sentence=f"{counted(number, 'call')} to services {'is' if number == 1 else 'are'} dated in the future, up "
            f"to {iso_us(until)}: this machine's clock was ahead, or is behind now ({iso_us(now)})",
            mend="set this machine's clock by NTP, then `cowrie-assets enrich`: the calls count as made today, and "
            "what was answered in the future is asked again",
            rows=[{"sensor": None, "log": None, "at": iso_us(until)}],
        )
    ]


def database_clock_problems(connection: Connection, now: int) -> list[Problem]:
    """The database server's clock beside this one; a SQLite database has none."""
    if connection.dialect.name == "sqlite":
        return []
    there = int(connection.execute(text(_DATABASE_CLOCK)).scalar_one())
    if abs(there - now) <= CLOCK_TOLERANCE_US:
        return []
    return [
        Problem(
            key="database",
            state="warning",
            sentence=f"the database's clock is {age(abs(there - now))} {'ahead of' if there > now else 'behind'} this "
            "machine's: one of the two is wrong",
            mend="set both clocks by NTP",
            rows=[{"sensor": None, "log": None, "at": iso_us(there)}],
        )
    ]
