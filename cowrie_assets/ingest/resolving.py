"""From a batch to rows of `events`: texts, sensors, sessions and event types get the numbers of the dictionaries."""

from typing import Any

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
        dictionaries = self.dictionaries
        sensors = [0, *dictionaries.sensors.resolve(connection, batch.sensors)]
        event_types = [0, *dictionaries.event_types.resolve(connection, batch.event_types)]
        numbers = dictionaries.texts.resolve(connection, batch.texts)
        texts = [None, *numbers]
        number_of_sensor = dict(zip(batch.sensors, sensors[1:], strict=True))
        keys = [(number_of_sensor[sensor], session_id) for sensor, session_id in batch.sessions]
        sessions = [None, *dictionaries.sessions.resolve(connection, keys)]
        self._scores.score(
            connection, {numbers[position - 1]: batch.texts[position - 1] for position in batch.commands}
        )
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
