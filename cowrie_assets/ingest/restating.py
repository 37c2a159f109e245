"""Stored events that change or go: the books of their logs, and what is marked so that the summaries follow.

Whoever changes stored events calls this in the transaction that does it. A day with changed events is pending as a
whole; the rows of a session that has no event left go at once, for no day would lead to them again.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, delete, or_, select, update

from cowrie_assets.warehouse import day_versions
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.refresh_queue import queue_days
from cowrie_assets.warehouse.schema import (
    command_facts,
    event_days,
    events,
    file_facts,
    login_facts,
    logs,
    sealed_hours,
    seals,
    session_facts,
    technique_facts,
)
from cowrie_assets.warehouse.sql import statement

_FACTS = (command_facts, login_facts, file_facts, technique_facts, session_facts)


@dataclass(slots=True)
class Restated:
    """Where events changed: the sessions that they belonged to, and the days on which they lay and lie."""

    sessions: set[int] = field(default_factory=set)
    days: set[int] = field(default_factory=set)

    def add(self, session_ref: int | None, event_day: int) -> None:
        """Take in where an event lay before it changes."""
        if session_ref is not None:
            self.sessions.add(session_ref)
        self.days.add(event_day)


def withdraw(connection: Connection, ids: Sequence[int], restated: Restated) -> None:
    """Take stored events out: each is a duplicate of another one, and counted as such for the log that brought it."""
    lost: Counter[int] = Counter()
    for some in chunks(ids):
        of_some = events.c.id.in_(some)
        for log_id, session_ref, day in connection.execute(
            select(events.c.log_id, events.c.session_ref, events.c.event_day).where(of_some)
        ):
            lost[log_id] += 1
            restated.add(session_ref, day)
        connection.execute(delete(events).where(of_some))
    for log_id, count in sorted(lost.items()):
        taken = {"events": logs.c.events - count, "duplicates": logs.c.duplicates + count}
        connection.execute(update(logs).where(logs.c.id == log_id).values(taken))


def mark(connection: Connection, restated: Restated) -> None:
    """Mark what the summaries have to take in anew, once the events stand as they shall."""
    if not restated.days and not restated.sessions:
        return
    days = set(restated.days)
    living: set[int] = set()
    for some in chunks(sorted(restated.sessions)):
        found = select(events.c.session_ref, events.c.event_day).where(events.c.session_ref.in_(some)).distinct()
        for session_ref, day in connection.execute(found):
            living.add(session_ref)
            days.add(day)
    left = _remove_sessions(connection, sorted(restated.sessions - living))
    days_left = {day for day, _ in left}
    queue_days(connection, days | days_left)
    _mark_days(connection, days)
    day_versions.renew_sessions(connection, left)
    day_versions.count_sessions(connection, days_left)


def _remove_sessions(connection: Connection, sessions: Collection[int]) -> set[tuple[int, int]]:
    """Take out the rows of sessions without events; tells the days on which they stood, and the sensors."""
    left: set[tuple[int, int]] = set()
    for some in chunks(list(sessions)):
        stood = select(session_facts.c.session_day, session_facts.c.sensor_id)
        found = connection.execute(stood.where(session_facts.c.session_ref.in_(some)).distinct())
        left.update((day, sensor) for day, sensor in found)
        for table in _FACTS:
            connection.execute(delete(table).where(table.c.session_ref.in_(some)))
    return left


def _mark_days(connection: Connection, days: Collection[int]) -> None:
    """The events of `days` changed; one that has none left is no day of events any more."""
    for day in days:
        connection.execute(statement("summaries/idle_hours"), {"day": day})
    day_versions.renew(connection, event_days, days)  # and nobody else puts one of them in or out until the end
    for some in chunks(sorted(days)):
        of_day = select(events.c.id).where(events.c.event_day == event_days.c.event_day)
        without = event_days.c.event_day.in_(some) & ~of_day.exists() & ~_has_archived()
        connection.execute(delete(event_days).where(without))


def _has_archived() -> ColumnElement[bool]:
    """Whether a day of `event_days` is sealed, or events of another sealed day lay on it."""
    first_hour = event_days.c.event_day * 24
    is_sealed = select(seals.c.session_day).where(seals.c.session_day == event_days.c.event_day)
    hours = select(sealed_hours.c.event_hour).where(sealed_hours.c.event_hour.between(first_hour, first_hour + 23))
    return or_(is_sealed.exists(), hours.exists())
