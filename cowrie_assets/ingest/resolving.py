"""From a batch to rows of `events`: texts, sensors, sessions and event types get the numbers of the dictionaries."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from cowrie_assets.cowrie.event_types import KNOWN
from cowrie_assets.ingest.batch import Batch
from cowrie_assets.ingest.commands import CommandScores
from cowrie_assets.warehouse.bulk_insert import Group
from cowrie_assets.warehouse.dictionary import Dictionaries


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
        if not batch.tables:
            return []
        numbers = self._numbers(connection, batch)
        groups: list[Group] = []
        for table in batch.tables:
            columns = [_resolved(numbers, name, column) for name, column in table.items()]
            groups.append((table.shape.columns, list(zip(*columns, strict=True))))
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


def _resolved(numbers: "_Numbers", name: str, column: Iterable[Any]) -> Iterable[Any]:
    """A column of a batch's table, with the dictionaries' numbers in the place of positions."""
    if name == "sensor_id":
        return map(numbers.sensors.__getitem__, column)
    if name == "session_ref":
        return map(numbers.sessions.__getitem__, column)
    if name == "event_type_id":
        return map(numbers.event_types.__getitem__, column)
    return map(numbers.texts.__getitem__, column) if name.endswith("_id") else column


class _Numbers(NamedTuple):
    """The dictionaries' numbers by the positions in a batch's lists."""

    sensors: list[int]
    event_types: list[int]
    texts: list[int | None]
    sessions: list[int | None]
