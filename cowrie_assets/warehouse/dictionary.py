"""Dictionaries: tables that hold each distinct thing once and give it a number.

Only a write transaction resolves. On SQLite it is alone, so a number that is free stays free. On PostgreSQL numbers
come from a sequence, and two transactions may bring the same key: the second takes the number that the first gave it.
Numbers of a transaction that was undone are lost, so nothing rests on numbers without gaps. Whoever remembers texts
from one transaction to the next asks first whether some were collected since (`Dictionaries.forget_collected`).
"""

from collections.abc import Callable, Hashable, Sequence
from hashlib import blake2b
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Connection, Table, Transaction, func, select

from cowrie_assets.warehouse.bulk_insert import insert_rows
from cowrie_assets.warehouse.chunks import MOST_BINDS, chunks
from cowrie_assets.warehouse.codec import Utf8, encode_text, encode_utf8
from cowrie_assets.warehouse.new_rows import put_in_missing
from cowrie_assets.warehouse.schema import event_types, sensors, session_keys, texts

_MARKS = ", ".join(["?"] * MOST_BINDS)
_EMPTY = blake2b(digest_size=16)
_LONGEST_CACHED = 512
Key = TypeVar("Key", bound=Hashable)


class Dictionary(Generic[Key]):
    """One dictionary table, with the numbers that this process has seen kept in memory (a bounded number of them).

    `identify` gives a key's value in the unique column `column`; `describe` its other columns, in the order of
    `columns`.
    """

    def __init__(
        self,
        table: Table,
        column: str,
        columns: tuple[str, ...],
        identify: Callable[[Key], bytes],
        describe: Callable[[Key], tuple[Any, ...]],
        *,
        capacity: int = 100_000,
        rehearses: bool = False,
    ) -> None:
        self._table = table
        self._select = f"SELECT {column}, id FROM {table.name} WHERE {column}"  # noqa: S608  (our own schema)
        self._select_each = (
            "SELECT found.mark, found.id FROM UNNEST(CAST(%b AS BYTEA[])) AS given (mark)"  # noqa: S608
            f" CROSS JOIN LATERAL (SELECT {column} AS mark, id FROM {table.name} WHERE {column} = given.mark OFFSET 0)"
            " AS found"
        )
        self._columns = (column, *columns)
        self._identify = identify
        self._describe = describe
        self._capacity = capacity
        self._known: dict[Key, int] = {}
        self.rehearsed: dict[Key, int] | None = {} if rehearses else None
        """Of a rehearsal, which adds nothing: the keys that it would add, each with a number that no row has."""

    def resolve(self, connection: Connection, keys: Sequence[Key]) -> list[int]:
        """The numbers of `keys`, in their order; those that the table does not have are added."""
        numbers = list(map(self._known.get, keys))
        if None not in numbers:
            return cast("list[int]", numbers)
        new = [key for key, number in zip(keys, numbers, strict=True) if number is None]
        unknown = dict(zip(map(self._identify, new), new, strict=True))
        found = self._look_up(connection, unknown)
        missing = {mark: key for mark, key in unknown.items() if key not in found}
        if missing:
            found |= self._add(connection, missing)
        self._remember(found)
        return [found[key] if number is None else number for key, number in zip(keys, numbers, strict=True)]

    def in_memory(self, keys: Sequence[Key]) -> list[int] | None:
        """The numbers of `keys`, where all of them are in memory."""
        known = self._known
        return [known[key] for key in keys] if all(key in known for key in keys) else None

    def forget(self) -> None:
        """Drop what is in memory: a transaction that added numbers was rolled back."""
        self._known.clear()
        if self.rehearsed is not None:
            self.rehearsed.clear()

    def _look_up(self, connection: Connection, unknown: dict[bytes, Key]) -> dict[Key, int]:
        found: dict[Key, int] = {}
        marks = list(unknown)
        if connection.dialect.name == "postgresql":
            # An array is one value, where a list of 500 is parsed and planned. Each of it is looked up: for thousands
            # at once the planner would rather read the whole table, and that longer each day.
            rows = connection.exec_driver_sql(self._select_each, (marks,))
            return {unknown[bytes(mark)]: number for mark, number in rows}
        for some in chunks(marks):
            # always of one length: the statement is prepared once
            values = (*some, *[some[-1]] * (MOST_BINDS - len(some)))
            for mark, number in connection.exec_driver_sql(f"{self._select} IN ({_MARKS})", values):
                found[unknown[mark]] = number
        return found

    def _add(self, connection: Connection, missing: dict[bytes, Key]) -> dict[Key, int]:
        if self.rehearsed is not None:
            return {key: self.rehearsed.setdefault(key, -1 - len(self.rehearsed)) for key in missing.values()}
        if connection.dialect.name == "postgresql":
            return self._add_beside_others(connection, missing)
        first = (connection.execute(select(func.max(self._table.c.id))).scalar() or 0) + 1
        numbers = {key: first + position for position, key in enumerate(missing.values())}
        rows = [(numbers[key], mark, *self._describe(key)) for mark, key in missing.items()]
        insert_rows(connection, self._table.name, ("id", *self._columns), rows)
        return numbers

    def _add_beside_others(self, connection: Connection, missing: dict[bytes, Key]) -> dict[Key, int]:
        rows = [(mark, *self._describe(key)) for mark, key in missing.items()]
        new = put_in_missing(connection, self._table, self._columns, rows)
        numbers = {missing[mark]: number for mark, number in new}
        others = {mark: key for mark, key in missing.items() if key not in numbers}
        return numbers | self._look_up(connection, others) if others else numbers

    def _remember(self, found: dict[Key, int]) -> None:
        if len(self._known) + len(found) > self._capacity:
            self._known.clear()
        for key, number in found.items():
            if not isinstance(key, str | bytes) or len(key) <= _LONGEST_CACHED:
                self._known[key] = number


def digest_of(*parts: str | Utf8) -> bytes:
    """BLAKE2b-128 of strings, each set apart from the next."""
    digest = _EMPTY.copy()
    for part in parts:
        encoded = part if isinstance(part, Utf8) else part.encode("utf-8", "surrogatepass")
        if len(encoded) <= _LONGEST_CACHED:
            digest.update(len(encoded).to_bytes(8, "big") + encoded)
        else:  # a copy of 60 MB is one too many
            digest.update(len(encoded).to_bytes(8, "big"))
            digest.update(encoded)
    return digest.digest()


def _stored(text: str | Utf8) -> str | Utf8:
    if not isinstance(text, Utf8):
        return encode_text(text)
    encoded = encode_utf8(text)
    return text if encoded is text else Utf8(encoded)


class Dictionaries:
    """Every dictionary of the warehouse, for one process; with `rehearses` nothing is added to any."""

    def __init__(self, is_known_event_type: Callable[[str], bool], *, rehearses: bool = False) -> None:
        self.sensors: Dictionary[str] = Dictionary(
            sensors, "digest", ("name",), digest_of, lambda name: (encode_text(name),), rehearses=rehearses
        )
        self.event_types: Dictionary[str] = Dictionary(
            event_types,
            "digest",
            ("name", "known"),
            digest_of,
            lambda name: (encode_text(name), int(is_known_event_type(name))),
            rehearses=rehearses,
        )
        self.texts: Dictionary[str | Utf8] = Dictionary(
            texts, "digest", ("text",), digest_of, lambda text: (_stored(text),), rehearses=rehearses
        )
        self.sessions: Dictionary[tuple[int, str]] = Dictionary(
            session_keys,
            "digest",
            ("sensor_id", "session_id"),
            lambda key: digest_of(str(key[0]), key[1]),
            lambda key: (key[0], encode_text(key[1])),
            rehearses=rehearses,
        )

        self._collection: int | None = None
        """The last collection of texts of which the memory knows."""
        self._asked: Transaction | None = None
        """The transaction that asked for it last."""

    def forget_collected(self, connection: Connection) -> None:
        """Drop what is in memory of texts where some were collected since (`text_collection`): their numbers may stand
        for others by now. To be called before what is in memory is used in a transaction that keeps collections out;
        one statement a transaction."""
        transaction = connection.get_transaction()
        if transaction is None or transaction is not self._asked:
            collection = connection.exec_driver_sql("SELECT version FROM text_collections").scalar()
            if collection != self._collection:
                self.texts.forget()
            self._collection, self._asked = collection, transaction

    def forget(self) -> None:
        """Drop what is in memory of all of them."""
        for dictionary in (self.sensors, self.event_types, self.texts, self.sessions):
            dictionary.forget()
