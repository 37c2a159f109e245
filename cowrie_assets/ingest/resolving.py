"""From a batch to rows of `events`: texts, sensors, sessions and event types get the numbers of the dictionaries."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from cowrie_assets.cowrie.event_types import KNOWN
from cowrie_assets.ingest.batch import REFERENCES, Batch
from cowrie_assets.ingest.commands import CommandScores
from cowrie_assets.warehouse.bulk_insert import Group
from cowrie_assets.warehouse.dictionary import Dictionaries

_FIRST_TEXT = REFERENCES.index("src_ip_id")


class Resolver:
    """Resolves the batches of one writer. Holds the dictionaries' memory between them."""

    def __init__(self) -> None:
        self.dictionaries = Dictionaries(KNOWN.__contains__)
        self._scores = CommandScores(self.dictionaries)

    def forget(self) -> None:
        """Drop what is in memory: a transaction that added to the dictionaries was rolled back."""
        self.dictionaries.forget()
        self._scores.forget()

    def rows(self, connection: Connection, batch: Batch) -> list[Group]:
        """A batch's events by shape: columns of `events` and rows of their values. New commands get their score."""
        if not batch.rows:
            return []
        sensors, event_types, texts, sessions = self._numbers(connection, batch)
        groups: list[Group] = []
        for shape, rows in batch.rows.items():
            first_value = shape.first_value
            resolved: list[tuple[Any, ...]] = [
                (
                    sensors[row[0]],
                    sessions[row[1]],
                    event_types[row[2]],
                    *[texts[place] for place in row[_FIRST_TEXT:first_value]],
                    *row[first_value:],
                )
                for row in rows
            ]
            groups.append((shape.columns, resolved))
        return groups

    def add(self, connection: Connection, batches: Sequence[Batch]) -> None:
        """Add what the dictionaries do not have of several batches: they are asked once for all, and then remember."""
        merged = Batch(0)
        merged.texts = list(dict.fromkeys(text for batch in batches for text in batch.texts))
        merged.sensors = list(dict.fromkeys(sensor for batch in batches for sensor in batch.sensors))
        merged.event_types = list(dict.fromkeys(name for batch in batches for name in batch.event_types))
        merged.sessions = list(dict.fromkeys(session for batch in batches for session in batch.sessions))
        commands = {batch.texts[position - 1] for batch in batches for position in batch.commands}
        merged.commands = [number for number, text in enumerate(merged.texts, 1) if text in commands]
        self._numbers(connection, merged)

    def _numbers(self, connection: Connection, batch: Batch) -> "_Numbers":
        """The dictionaries' numbers of what stands in a batch; its commands are scored."""
        dictionaries = self.dictionaries
        sensors = [0, *dictionaries.sensors.resolve(connection, batch.sensors)]
        event_types = [0, *dictionaries.event_types.resolve(connection, batch.event_types)]
        numbers = dictionaries.texts.resolve(connection, batch.texts)
        number_of_sensor = dict(zip(batch.sensors, sensors[1:], strict=True))
        keys = [(number_of_sensor[sensor], session_id) for sensor, session_id in batch.sessions]
        sessions = [None, *dictionaries.sessions.resolve(connection, keys)]
        self._scores.score(
            connection, {numbers[position - 1]: batch.texts[position - 1] for position in batch.commands}
        )
        return _Numbers(sensors, event_types, [None, *numbers], sessions)


class _Numbers(NamedTuple):
    """The dictionaries' numbers by the positions in a batch's lists."""

    sensors: list[int]
    event_types: list[int]
    texts: list[int | None]
    sessions: list[int | None]
