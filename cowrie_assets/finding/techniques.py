"""Techniques of ATT&CK: those of a session, those of the sessions of some days, and commands that show none."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from cowrie_assets.clock import day_number, iso_us
from cowrie_assets.cowrie.attack import attack
from cowrie_assets.finding.subjects import rows_of
from cowrie_assets.warehouse.codec import decode_text

_MOST = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """A technique that a session showed, and the rule that says so."""

    technique: str
    name: str | None
    """None of one that the table of techniques does not have, by a rule of the user's own."""
    rule: str
    evidence: str | None
    """The first command that shows it; None where none does."""
    first_seen: str
    last_seen: str
    attack_version: str


@dataclass(frozen=True, slots=True)
class Counted:
    """A technique, and the sessions that showed it."""

    technique: str
    name: str | None
    tactics: tuple[str, ...]
    sessions: int
    sensor: str
    """Of the session that was loaded first."""
    session_id: str


@dataclass(frozen=True, slots=True)
class Form:
    """The normal form of commands, and how often these were typed."""

    command_normalized: str
    occurrences: int


@dataclass(frozen=True, slots=True)
class Unmapped:
    """Commands, and those of them that no rule maps to a technique: as often as they were typed, and each once."""

    commands: int
    unmapped: int
    distinct: int
    distinct_unmapped: int
    most_frequent: tuple[Form, ...]

    @property
    def share(self) -> float:
        """Of what was typed; 0 where nothing was."""
        return self.unmapped / self.commands if self.commands else 0.0


def techniques_of_session(connection: Connection, session_ref: int) -> list[Shown]:
    """What a session showed, in the order in which it did."""
    return [
        Shown(
            row.technique,
            name_of(row.technique),
            decode_text(row.rule),
            decode_text(row.evidence),
            iso_us(row.first_seen),
            iso_us(row.last_seen),
            decode_text(row.attack_version),
        )
        for row in rows_of(connection, "techniques_of_session", session_ref=session_ref, most=_MOST)
    ]


def techniques_of_days(connection: Connection, first: date, last: date, sensor_id: int) -> list[Counted]:
    """What the sessions of some days (inclusive) showed, by sessions; of one sensor, or (0) of all."""
    binds = {"first_day": day_number(first), "last_day": day_number(last), "sensor_id": sensor_id}
    rows = rows_of(connection, "techniques_of_days", **binds)
    lines = {
        row.session_ref: row
        for row in rows_of(connection, "sessions", sessions=[row.session_ref for row in rows] or [0])
    }
    return [
        Counted(
            row.technique,
            name_of(row.technique),
            _tactics_of(row.technique),
            row.sessions,
            decode_text(lines[row.session_ref].sensor),
            decode_text(lines[row.session_ref].session_id),
        )
        for row in rows
    ]


def unmapped_commands(connection: Connection, first: date, last: date, sensor_id: int, *, most: int) -> Unmapped:
    """Which commands of the sessions of some days (inclusive) show no technique; of one sensor, or (0) of all."""
    binds = {"first_day": day_number(first), "last_day": day_number(last), "sensor_id": sensor_id}
    (counts,) = rows_of(connection, "mapped_commands", **binds)
    forms = rows_of(connection, "unmapped_commands", **binds, most=most)
    return Unmapped(
        int(counts.commands),
        int(counts.unmapped),
        int(counts.different),
        int(counts.different_unmapped),
        tuple(Form(decode_text(row.command_normalized), int(row.occurrences)) for row in forms),
    )


def name_of(technique: str) -> str | None:
    """What ATT&CK calls a technique; None where the table of techniques does not have it."""
    known = attack().techniques.get(technique)
    return None if known is None else known.now.name


def _tactics_of(technique: str) -> tuple[str, ...]:
    known = attack().techniques.get(technique)
    return () if known is None else known.now.tactics
