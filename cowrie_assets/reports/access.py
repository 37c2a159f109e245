"""Sessions, commands and files one by one: for what needs more than the sums of a document.

Each iterator reads a window of session days, half-open, of one sensor or (None) of all, in order of day, sensor and
first loading. It streams `batch` rows at a time: its memory does not grow with the window. Give it a read transaction
that stays open while it runs. All raise UnknownSensorError.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from cowrie_assets.clock import day_number
from cowrie_assets.reports.scoped_sql import scoped_statement
from cowrie_assets.reports.sensors import sensor_id
from cowrie_assets.warehouse.codec import decode_text


@dataclass(frozen=True, slots=True)
class Session:
    """A row of `session_summaries`. Times are in microseconds since 1970-01-01 UTC, flags are 0 or 1."""

    sensor: str
    session_id: str
    protocol: str | None
    src_ip: str | None
    src_port: int | None
    dst_port: int | None
    first_event_at: int
    last_event_at: int
    duration_us: int
    closed: int
    event_count: int
    command_count: int
    high_risk_commands: int
    login_successes: int
    login_failures: int
    file_downloads: int
    file_downloads_failed: int
    file_uploads: int
    tunnel_requests: int
    username: str | None
    password: str | None
    client_version: str | None
    hassh: str | None
    risk_score: int
    vt_flagged: int
    dshield_flagged: int


@dataclass(frozen=True, slots=True)
class SessionCommand:
    """A row of `command_stats`. Times are in microseconds since 1970-01-01 UTC; `risk_score` is 0 to 100."""

    sensor: str
    session_id: str
    command: str
    command_normalized: str | None
    occurrences: int
    first_seen: int
    last_seen: int
    risk_score: int


@dataclass(frozen=True, slots=True)
class SessionFile:
    """A row of `files`. `first_seen` is in microseconds since 1970-01-01 UTC, `file_size` in bytes."""

    sensor: str
    session_id: str
    shasum: str
    downloads: int
    uploads: int
    filename: str | None
    file_size: int | None
    download_url: str | None
    destfile: str | None
    first_seen: int
    enrichment_status: str
    vt_classification: str | None
    vt_malicious: int | None


def iter_sessions(
    connection: Connection, start: date, end: date, sensor: str | None = None, batch: int = 1000
) -> Iterator[Session]:
    """Every session that began from `start` to before `end`."""
    window = _window(connection, start, end, sensor)
    return (Session(*row) for row in _rows(connection, "each_session", window, batch))


def iter_commands(
    connection: Connection, start: date, end: date, sensor: str | None = None, batch: int = 1000
) -> Iterator[SessionCommand]:
    """Every command of the sessions that began from `start` to before `end`, once for each session."""
    window = _window(connection, start, end, sensor)
    return (SessionCommand(*row) for row in _rows(connection, "each_command", window, batch))


def iter_files(
    connection: Connection, start: date, end: date, sensor: str | None = None, batch: int = 1000
) -> Iterator[SessionFile]:
    """Every file of the sessions that began from `start` to before `end`, once for each session."""
    window = _window(connection, start, end, sensor)
    return (SessionFile(*row) for row in _rows(connection, "each_file", window, batch))


def _window(connection: Connection, start: date, end: date, sensor: str | None) -> dict[str, int]:
    return {
        "start_day": day_number(start),
        "end_day": day_number(end),
        "sensor_id": sensor_id(connection, sensor),
    }


def _rows(connection: Connection, name: str, window: dict[str, int], batch: int) -> Iterator[list[Any]]:
    query = scoped_statement(name, connection.dialect.name, one_sensor=bool(window["sensor_id"]), streams=True)
    for row in connection.execute(query, window, execution_options={"yield_per": batch}):
        yield [decode_text(value) if isinstance(value, str) else value for value in row]
