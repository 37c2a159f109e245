"""Where the warehouse stands: what was read from which sensor, what is not yet summarised, what was refused."""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from cowrie_assets import clock
from cowrie_assets.amounts import counted
from cowrie_assets.ingest.outdated import Outdated, outdated
from cowrie_assets.operations.dead_letters import ReasonCount, count_by_reason
from cowrie_assets.sensor_registry import SensorRegistry
from cowrie_assets.summaries.pending import pending_days
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.sql import statement

if TYPE_CHECKING:
    from cowrie_assets.ingest.unlisted import Unlisted


@dataclass(frozen=True, slots=True)
class SensorStatus:
    """What the logs in a sensor's folder brought; `lines = events + duplicates + dead_letters + blank + archived`."""

    sensor: str
    logs: int
    damaged_logs: int
    bytes_read: int
    lines: int
    events: int
    duplicates: int
    dead_letters: int
    blank: int
    archived: int
    newest_event_at: int | None
    """Microseconds since 1970-01-01 UTC."""
    unusual: int = 0
    """Events in which a field that must hold a text holds an object or a list."""


@dataclass(frozen=True, slots=True)
class OtherNames:
    """Sensors of events that lie in the logs of another sensor's folder."""

    folder_sensor: str
    sensors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SealedDays:
    """The days that do not change any more."""

    days: int = 0
    span: tuple[date, date] | None = None
    """The first and the last of them."""
    days_removed: int = 0
    """Those of which the raw events have left the warehouse."""
    events_removed: int = 0
    late_events: int = 0
    """Events that came after their day was sealed: see the view `late_events`."""
    late_span: tuple[date, date] | None = None
    """The first and the last day that these came too late for."""
    passwords_until: date | None = None
    """The last day whose user names and passwords were hashed or dropped."""
    addresses_until: date | None = None
    """The last day whose addresses were."""

    @property
    def late_sentence(self) -> str | None:
        """What came too late, and the command that takes it in; None where nothing did."""
        if self.late_span is None:
            return None
        came = counted(self.late_events, "event came", "events came")
        first, last = self.late_span
        return f"{came} too late for a sealed day: `cowrie-assets unseal {first} {last}` takes them in"

    def sentences(self) -> list[str]:
        """What there is to say of them: nothing where no day is sealed."""
        told = []
        if self.span is not None:
            away = f"; the raw events of {self.days_removed:,} are archived" if self.days_removed else ""
            told.append(f"{counted(self.days, 'day is', 'days are')} sealed, {self.span[0]} to {self.span[1]}{away}")
        treated = {"user names and passwords": self.passwords_until, "addresses": self.addresses_until}
        if any(treated.values()):
            up_to = " and ".join(f"{what} up to {day}" for what, day in treated.items() if day is not None)
            told.append(f"Hashed or dropped are {up_to}")
        return told if self.late_sentence is None else [*told, self.late_sentence]


@dataclass(frozen=True, slots=True)
class Status:
    """One look at a warehouse; times in microseconds since 1970-01-01 UTC."""

    database: str
    """Its URL, without a password."""
    database_bytes: int
    taken_at: int
    last_ingested_at: int | None
    sensors: tuple[SensorStatus, ...]
    sessions: int
    days: int
    """UTC days that have events, the first and the last of them in `span`."""
    span: tuple[date, date] | None
    pending_days: tuple[date, ...]
    """Days with events that a summary has not taken in."""
    unfinished_bytes: int
    """Bytes at the ends of logs that are no whole line yet."""
    dead_letters: tuple[ReasonCount, ...]
    other_names: tuple[OtherNames, ...] = ()
    outdated: Outdated = field(default_factory=Outdated)
    sealed: SealedDays = field(default_factory=SealedDays)
    unlisted: "Unlisted | None" = None
    """Files in the logs' folders that begin with an event and are not named like logs."""

    @property
    def logs(self) -> int:
        """Logs known, by content."""
        return sum(sensor.logs for sensor in self.sensors)

    @property
    def events(self) -> int:
        """Distinct events stored."""
        return sum(sensor.events for sensor in self.sensors)


def status(warehouse: Warehouse, registry: SensorRegistry | None = None, unlisted: "Unlisted | None" = None) -> Status:
    """Look at the ledgers; cheap enough to be done every other second.

    With a `registry`, also which events were derived under other settings than these. What is `unlisted` is not looked
    for here.
    """
    size = warehouse.size_bytes
    pending = tuple(pending_days(warehouse))
    with warehouse.read() as connection:
        totals = connection.execute(statement("operations/totals")).one()
        return Status(
            database=warehouse.label,
            database_bytes=size,
            taken_at=clock.now_us(),
            last_ingested_at=totals.last_ingested_at,
            sensors=_sensors(connection),
            sessions=totals.sessions,
            days=totals.days,
            span=(clock.day_of_number(totals.first_day), clock.day_of_number(totals.last_day)) if totals.days else None,
            pending_days=pending,
            unfinished_bytes=totals.unfinished_bytes,
            dead_letters=count_by_reason(connection),
            other_names=_other_names(connection),
            outdated=Outdated() if registry is None else outdated(connection, registry),
            sealed=sealed_days(connection),
            unlisted=unlisted,
        )


def document_of(status: Status) -> dict[str, object]:
    """What stands in the warehouse, as the one JSON document of `status`."""
    return {
        "database": status.database,
        "database_bytes": status.database_bytes,
        "taken_at": _time(status.taken_at),
        "last_ingested_at": _time(status.last_ingested_at),
        "logs": status.logs,
        "events": status.events,
        "sessions": status.sessions,
        "days": status.days,
        "first_day": status.span[0].isoformat() if status.span else None,
        "last_day": status.span[1].isoformat() if status.span else None,
        "pending_days": [day.isoformat() for day in status.pending_days],
        "unfinished_bytes": status.unfinished_bytes,
        "sensors": [
            {
                "sensor": sensor.sensor,
                "logs": sensor.logs,
                "damaged_logs": sensor.damaged_logs,
                "bytes_read": sensor.bytes_read,
                "lines": sensor.lines,
                "events": sensor.events,
                "duplicates": sensor.duplicates,
                "dead_letters": sensor.dead_letters,
                "blank": sensor.blank,
                "archived": sensor.archived,
                "unusual": sensor.unusual,
                "newest_event_at": _time(sensor.newest_event_at),
            }
            for sensor in status.sensors
        ],
        "sealed": {
            "days": status.sealed.days,
            "first_day": status.sealed.span[0].isoformat() if status.sealed.span else None,
            "last_day": status.sealed.span[1].isoformat() if status.sealed.span else None,
            "days_without_raw_events": status.sealed.days_removed,
            "archived_events": status.sealed.events_removed,
            "late_events": status.sealed.late_events,
            "passwords_treated_until": status.sealed.passwords_until.isoformat()
            if status.sealed.passwords_until
            else None,
            "addresses_treated_until": status.sealed.addresses_until.isoformat()
            if status.sealed.addresses_until
            else None,
        },
        "unlisted_logs": {"count": status.unlisted.count, "example": status.unlisted.example}
        if status.unlisted
        else None,
        "dead_letters": {each.reason: each.unresolved for each in status.dead_letters if each.unresolved},
        "other_names": [{"folder": each.folder_sensor, "events": list(each.sensors)} for each in status.other_names],
        "outdated": {
            "events": status.outdated.events,
            "logs": len(status.outdated.other_settings),
            "moved_events": status.outdated.moved_events,
            "moved_logs": len(status.outdated.moved),
        },
    }


def _time(us: int | None) -> str | None:
    return None if us is None else clock.iso_us(us)


def _sensors(connection: Connection) -> tuple[SensorStatus, ...]:
    rows = connection.execute(statement("operations/sensors")).mappings()
    return tuple(SensorStatus(**{**row, "sensor": decode_text(row["sensor"])}) for row in rows)


def sealed_days(connection: Connection) -> SealedDays:
    """What is sealed, and what came too late for it."""
    row = connection.execute(statement("operations/sealed")).one()
    span = _span(row.first_day, row.last_day) if row.days else None
    late_span = _span(row.first_late_day, row.last_late_day) if row.late_events else None
    passwords, addresses = (
        None if number is None else clock.day_of_number(number) for number in (row.passwords_until, row.addresses_until)
    )
    return SealedDays(
        row.days, span, row.days_removed, row.events_removed, row.late_events, late_span, passwords, addresses
    )


def _span(first: int, last: int) -> tuple[date, date]:
    return clock.day_of_number(first), clock.day_of_number(last)


def _other_names(connection: Connection) -> tuple[OtherNames, ...]:
    names: dict[str, list[str]] = {}
    for folder_sensor, sensor in connection.execute(statement("operations/other_names")):
        names.setdefault(decode_text(folder_sensor), []).append(decode_text(sensor))
    return tuple(OtherNames(folder_sensor, tuple(sensors)) for folder_sensor, sensors in names.items())
