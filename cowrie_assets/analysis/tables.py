"""The tables that analysts take out: their columns, described one by one, and the statements that fill them.

`sql/analysis/<table>.sql` gives the rows of one day, so that whoever reads a year holds a day in memory. Rows of
sessions, commands, logins and files belong to the UTC day of their session's first event, those of events to their own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from sqlalchemy import Connection, Row

from cowrie_assets.amounts import counted
from cowrie_assets.clock import day_number, day_of_number
from cowrie_assets.indicators.collecting import Wanted, indicators
from cowrie_assets.reports.sensors import sensor_id
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.sql import statement

_ROWS_AT_A_TIME = 2_000
_FIRST, _LAST = -1_000_000, 10_000_000
"""Days before and behind all that are written with four digits of a year."""


class Type(Enum):
    """What a column holds; None is "no value" in any."""

    TEXT = "text"
    CATEGORY = "category"
    """A text of few."""
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    """0 or 1 in the warehouse."""
    TIME = "time"
    """Microseconds since 1970-01-01 UTC in the warehouse."""
    DAY = "day"
    """Days since 1970-01-01 in the warehouse."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    type: Type
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table."""

    name: str
    columns: tuple[Column, ...]
    days: str = "days"
    """The statement that lists the days with rows."""


_DAY = Column("day", Type.DAY, "the UTC day of the session's first event, which its rows belong to")
_SENSOR = Column("sensor", Type.CATEGORY, "the sensor's name")
_SESSION = Column("session_id", Type.TEXT, "unique per sensor")

TABLES = {
    table.name: table
    for table in (
        Table(
            "sessions",
            (
                _DAY,
                _SENSOR,
                _SESSION,
                Column("matcher", Type.CATEGORY, "how its id was found in the events"),
                Column("protocol", Type.CATEGORY, "ssh or telnet"),
                Column("src_ip", Type.TEXT, "where it came from"),
                Column("src_port", Type.INTEGER, "from which port"),
                Column("dst_port", Type.INTEGER, "to which port"),
                Column("first_event_at", Type.TIME, "time of its first event"),
                Column("last_event_at", Type.TIME, "time of its last event"),
                Column("duration_seconds", Type.NUMBER, "as Cowrie tells it, else between first and last event"),
                Column("closed", Type.FLAG, "whether its end was seen"),
                Column("event_count", Type.INTEGER, "events"),
                Column("command_count", Type.INTEGER, "commands typed"),
                Column("high_risk_commands", Type.INTEGER, "commands of a risk of 70 and more"),
                Column("login_successes", Type.INTEGER, "logins that were let in"),
                Column("login_failures", Type.INTEGER, "logins that were refused"),
                Column("file_downloads", Type.INTEGER, "files downloaded"),
                Column("file_downloads_failed", Type.INTEGER, "downloads that failed"),
                Column("file_uploads", Type.INTEGER, "files uploaded"),
                Column("tunnel_requests", Type.INTEGER, "forwards asked for"),
                Column("username", Type.TEXT, "of the first login let in, else of the last refused"),
                Column("password", Type.TEXT, "of the same login; none of a key"),
                Column("client_version", Type.TEXT, "what the client says it is"),
                Column("hassh", Type.TEXT, "fingerprint of the SSH client"),
                Column("risk_score", Type.INTEGER, "0 to 100"),
                Column("vt_flagged", Type.FLAG, "whether VirusTotal calls a file of it malicious"),
                Column("dshield_flagged", Type.FLAG, "whether DShield lists its address"),
                Column("country", Type.CATEGORY, "of its address, ISO 3166"),
                Column("asn", Type.INTEGER, "autonomous system of its address"),
                Column("as_name", Type.TEXT, "who runs that"),
            ),
        ),
        Table(
            "commands",
            (
                _DAY,
                _SENSOR,
                _SESSION,
                Column("command", Type.TEXT, "as it was typed"),
                Column("command_normalized", Type.TEXT, "with what varies from run to run folded"),
                Column("occurrences", Type.INTEGER, "how often the session typed it"),
                Column("first_seen", Type.TIME, "when it was typed first in the session"),
                Column("last_seen", Type.TIME, "when it was typed last in the session"),
                Column("risk_score", Type.INTEGER, "0 to 100"),
            ),
        ),
        Table(
            "logins",
            (
                _DAY,
                _SENSOR,
                _SESSION,
                Column("username", Type.TEXT, "as it was tried"),
                Column("password", Type.TEXT, "as it was tried; none of a key"),
                Column("attempts", Type.INTEGER, "how often the session tried the two"),
                Column("successes", Type.INTEGER, "how often they were let in"),
                Column("first_seen", Type.TIME, "when they were tried first in the session"),
                Column("last_seen", Type.TIME, "when they were tried last in the session"),
            ),
        ),
        Table(
            "files",
            (
                _DAY,
                _SENSOR,
                _SESSION,
                Column("shasum", Type.TEXT, "SHA-256, lower-case hex"),
                Column("direction", Type.CATEGORY, "download, upload or both"),
                Column("filename", Type.TEXT, "its base name"),
                Column("file_size", Type.INTEGER, "bytes, where the event tells it"),
                Column("download_url", Type.TEXT, "where it came from"),
                Column("destfile", Type.TEXT, "where the attacker put it"),
                Column("occurrences", Type.INTEGER, "how often the session transferred it"),
                Column("first_seen", Type.TIME, "when the session transferred it first"),
                Column("vt_classification", Type.TEXT, "what VirusTotal calls it"),
                Column("vt_malicious", Type.FLAG, "whether VirusTotal calls it malicious; none: not judged"),
                Column("vt_positives", Type.INTEGER, "engines that call it malicious"),
                Column("vt_total", Type.INTEGER, "engines asked"),
                Column("enrichment_status", Type.CATEGORY, "pending, enriched, failed or skipped"),
            ),
        ),
        Table(
            "techniques",
            (
                _DAY,
                _SENSOR,
                _SESSION,
                Column("technique", Type.CATEGORY, "its id in ATT&CK"),
                Column("rule", Type.CATEGORY, "the rule that says so"),
                Column("evidence", Type.TEXT, "the first command that shows it; none where no command does"),
                Column("first_seen", Type.TIME, "when the session showed it first"),
                Column("last_seen", Type.TIME, "when the session showed it last"),
                Column("attack_version", Type.CATEGORY, "the version of ATT&CK that the id is of"),
            ),
        ),
        Table(
            "campaigns",
            (
                Column("day", Type.DAY, "the UTC day of its oldest session"),
                Column("sensor", Type.CATEGORY, "the sensor of its oldest session"),
                Column("session_id", Type.TEXT, "its oldest session"),
                Column("campaign_id", Type.TEXT, "its id, that of its oldest session"),
                Column("name", Type.TEXT, "what is distinctive of it"),
                Column("first_seen", Type.TIME, "when its oldest session began"),
                Column("last_seen", Type.TIME, "when its newest session began"),
                Column("sessions", Type.INTEGER, "sessions of all sensors"),
                Column("addresses", Type.INTEGER, "addresses that they came from"),
                Column("networks", Type.INTEGER, "networks that they came from, /24 or /48"),
                Column("sensors", Type.INTEGER, "sensors that they came to"),
                Column("days", Type.INTEGER, "days on which it has a session"),
                Column("profiles", Type.INTEGER, "how many different things its sessions did"),
            ),
        ),
        Table(
            "campaign_sessions",
            (_DAY, _SENSOR, _SESSION, Column("campaign_id", Type.CATEGORY, "the campaign that it belongs to")),
        ),
        Table(
            "artefacts",
            (
                _DAY,
                _SENSOR,
                _SESSION,
                Column("kind", Type.CATEGORY, "ssh_key, url, host, wallet or endpoint"),
                Column("value", Type.TEXT, "as commands or files name it; of a key its fingerprint"),
                Column("subtype", Type.CATEGORY, "a key's algorithm, a wallet's currency; else empty"),
                Column("comment", Type.TEXT, "what stands behind a key"),
            ),
        ),
        Table(
            "events",
            (
                Column("day", Type.DAY, "the UTC day of the event"),
                _SENSOR,
                Column("session_id", Type.TEXT, "none of an event that belongs to no session"),
                Column("event_type", Type.CATEGORY, "Cowrie's eventid"),
                Column("event_at", Type.TIME, "its time"),
                Column("src_ip", Type.TEXT, "where it came from, where the event tells it"),
                Column("payload", Type.TEXT, "its JSON, as Cowrie wrote it"),
            ),
            days="event_days",
        ),
    )
}
"""By name."""

INDICATORS = Table(
    "indicators",
    (
        Column("type", Type.CATEGORY, "what the value is"),
        Column("value", Type.TEXT, "as it was seen; it is never defanged"),
        Column("first_seen", Type.TIME, "first ever, by any sensor"),
        Column("last_seen", Type.TIME, "last in these days"),
        Column("sessions", Type.INTEGER, "of these days"),
        Column("sensors", Type.INTEGER, "of these days"),
        Column("confidence", Type.INTEGER, "0 to 95: the sum of the reasons"),
        Column("expires_at", Type.TIME, "when it is too old to go by"),
        Column("tags", Type.TEXT, "what it did, which lists name it, what a service calls it; separated by semicolons"),
        Column("campaign_id", Type.TEXT, "the campaign with most of its sessions"),
        Column("reasons", Type.TEXT, "what makes it so sure, each with its points; separated by semicolons"),
    ),
)
"""Of a range of days as a whole: no day has rows of its own."""


@dataclass(frozen=True, slots=True)
class Span:
    """Which rows: of the days `first` to `last` (inclusive; open where None), of one sensor or of all."""

    first: date | None = None
    last: date | None = None
    sensor: str | None = None

    @property
    def window(self) -> dict[str, int]:
        """The days as numbers."""
        return {
            "first_day": _FIRST if self.first is None else day_number(self.first),
            "last_day": _LAST if self.last is None else day_number(self.last),
        }


def days_of(connection: Connection, table: Table, span: Span) -> list[date]:
    """The days that may have rows, in order."""
    rows = connection.execute(statement(f"analysis/{table.days}"), span.window)
    return [day_of_number(row.day) for row in rows]


def rows_of(connection: Connection, table: Table, day: date, span: Span) -> Iterator[Sequence[Row[Any]]]:
    """The rows of a day, some thousands at a time: values as the warehouse has them, texts as logged.

    Raises UnknownSensorError.
    """
    binds = {"day": day_number(day), "sensor_id": sensor_id(connection, span.sensor)}
    query = statement(f"analysis/{table.name}", connection.dialect.name)
    found = connection.execute(query, binds, execution_options={"yield_per": _ROWS_AT_A_TIME})
    yield from found.partitions(_ROWS_AT_A_TIME)


def indicator_rows(connection: Connection, span: Span, min_confidence: int) -> Iterator[tuple[Any, ...]]:
    """The rows of `INDICATORS`. Raises UnknownSensorError."""
    sensor = sensor_id(connection, span.sensor)
    wanted = Wanted(span.first, span.last, min_confidence=min_confidence, sensor_id=sensor)
    for each in indicators(connection, wanted):
        yield (
            *(each.type.value, each.value, each.first_seen, each.last_seen, each.sessions, each.sensors),
            *(each.confidence, each.expires_at, "; ".join(each.tags), each.campaign_id),
            "; ".join(map(str, each.reasons)),
        )


def texts_of(values: Sequence[Any]) -> list[str | None]:
    """Texts as logged."""
    return list(map(decode_text, values))


def missing_of(connection: Connection, table: Table, span: Span) -> str | None:
    """What of a table the warehouse does not have, in a sentence; None where it has all."""
    if table.name != "events":
        return None
    days = connection.execute(statement("analysis/left_days"), span.window).scalar_one()
    if not days:
        return None
    left = counted(days, "day")
    return f"the raw events of {left} are in the archive: `query` reads them, `unarchive` brings them back"
