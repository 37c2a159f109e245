"""From a batch to rows of `events`: texts, sensors, sessions and event types get the numbers of the dictionaries."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from cowrie_assets.cowrie.event_types import KNOWN
from cowrie_assets.ingest.batch import Batch
from cowrie_assets.warehouse.bulk_insert import Group
from cowrie_assets.warehouse.dictionary import Dictionaries
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.write_scope import ROWS


class Resolver:
    """Resolves the batches of one writer. Holds the dictionaries' memory between them. With `rehearses` it adds nothing
    to them."""

    def __init__(self, *, rehearses: bool = False) -> None:
        self.dictionaries = Dictionaries(KNOWN.__contains__, rehearses=rehearses)

    def forget(self) -> None:
        """Drop what is in memory: a transaction that added to the dictionaries was rolled back."""
        self.dictionaries.forget()

    def rows(self, connection: Connection, batch: Batch) -> list[Group]:
        """A batch's events by shape: columns of `events` and rows of their values."""
        if not batch.tables:
            return []
        self.dictionaries.forget_collected(connection)
        numbers = self._numbers(connection, batch)
        groups: list[Group] = []
        for table in batch.tables:
            columns = [_resolved(numbers, name, column) for name, column in table.items()]
            groups.append((table.shape.columns, list(zip(*columns, strict=True))))
        return groups

    def add(self, connection: Connection, batches: Sequence[Batch]) -> None:
        """Add what the dictionaries do not have of several batches: they are asked once for all, and then remember."""
        self.dictionaries.forget_collected(connection)
        self._numbers(connection, _merged(batches))

    def add_shared(self, warehouse: Warehouse, batches: Sequence[Batch], sensors: Iterable[str]) -> None:
        """Add what the dictionaries do not have of several batches, and of further `sensors`, in a short transaction of
        its own: another loader that brings the same waits for this, not for a whole step. Of a step that is undone it
        stays, and nothing leads to it; texts among it may be collected, and the step adds them once more."""
        merged = _merged(batches)
        merged.sensors = list(dict.fromkeys([*merged.sensors, *sensors]))
        if not self._knows(merged):
            warehouse.run(lambda connection: self._remembering(connection, merged), of=ROWS)

    def _remembering(self, connection: Connection, batch: Batch) -> None:
        try:
            self._numbers(connection, batch)
        except BaseException:
            self.forget()
            raise

    def _numbers(self, connection: Connection, batch: Batch) -> "_Numbers":
        """The dictionaries' numbers of what stands in a batch."""
        dictionaries = self.dictionaries
        sensors = dictionaries.sensors.resolve(connection, batch.sensors)
        event_types = dictionaries.event_types.resolve(connection, batch.event_types)
        texts = dictionaries.texts.resolve(connection, batch.texts)
        sessions = dictionaries.sessions.resolve(connection, _session_keys(batch, sensors))
        return _Numbers([0, *sensors], [0, *event_types], [None, *texts], [None, *sessions])

    def _knows(self, batch: Batch) -> bool:
        """Whether all that stands in a batch is known without a look into the database."""
        dictionaries = self.dictionaries
        sensors = dictionaries.sensors.in_memory(batch.sensors)
        return (
            sensors is not None
            and dictionaries.event_types.in_memory(batch.event_types) is not None
            and dictionaries.texts.in_memory(batch.texts) is not None
            and dictionaries.sessions.in_memory(_session_keys(batch, sensors)) is not None
        )


def _merged(batches: Sequence[Batch]) -> Batch:
    """A batch without rows that names all that several ones do."""
    merged = Batch(0)
    merged.texts = list(dict.fromkeys(text for batch in batches for text in batch.texts))
    merged.sensors = list(dict.fromkeys(sensor for batch in batches for sensor in batch.sensors))
    merged.event_types = list(dict.fromkeys(name for batch in batches for name in batch.event_types))
    merged.sessions = list(dict.fromkeys(session for batch in batches for session in batch.sessions))
    return merged


def _session_keys(batch: Batch, sensors: Sequence[int]) -> list[tuple[int, str]]:
    number_of_sensor = dict(zip(batch.sensors, sensors, strict=True))
    return [(number_of_sensor[sensor], session_id) for sensor, session_id in batch.sessions]


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
