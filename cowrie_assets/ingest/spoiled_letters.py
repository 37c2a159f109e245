"""Dead letters that are not what their digests were taken of, and those of logs that the ledger does not have: what
somebody changed, or put there. Who reads a log again from its start puts them right.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Self

from sqlalchemy import Connection, Row, Select, delete, select, update

from cowrie_assets.cowrie.privacy import DROPPED
from cowrie_assets.ingest.letters import DeadLetter, digest_of_letter
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.codec import decode_text, encode_text
from cowrie_assets.warehouse.schema import dead_letters, logs

_AT_ONCE = 100
_MOST_OF_NO_LOG = 10_000
"""That are kept in memory; what is left is put right by the next reading."""
_IS_OF_NO_LOG = dead_letters.c.log_id.not_in(select(logs.c.id))


class AstrayLetters:
    """Those that a log which is read again may have listed, by the digest that they have and by that of what they say;
    each is given away once."""

    def __init__(
        self, by_digest: Mapping[bytes, int], spoiled: Collection[int] = (), given: Collection[int] = ()
    ) -> None:
        self._by_digest = by_digest
        """Numbers of rows."""
        self._spoiled = frozenset(spoiled)
        """Those of the log itself."""
        self._given = set(given)

    @classmethod
    def of(cls, connection: Connection, log_id: int, of_no_log: Mapping[bytes, int]) -> Self:
        """Those of the log itself, and some `of_no_log`."""
        of_log = _streamed(connection, select(dead_letters).where(dead_letters.c.log_id == log_id))
        marks = {
            row.id: (digest_of_letter(_letter(row)), bytes(row.digest or b""))
            for row in of_log
            if not is_as_listed(row)
        }
        return cls({**of_no_log, **{mark: number for number, both in marks.items() for mark in both}}, marks)

    def copy(self) -> "AstrayLetters":
        """The same, apart from what is given away from here on."""
        return AstrayLetters(self._by_digest, self._spoiled, self._given)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._by_digest)

    def put_right(self, connection: Connection, log_id: int, letter: DeadLetter) -> bool:
        """Have the row that this letter of the log is, where one is, say so; as dropped as it was."""
        for each in (letter, letter._replace(content=DROPPED)):
            digest = digest_of_letter(each)
            number = self._by_digest.get(digest)
            if number is None or number in self._given:
                continue
            is_own = (dead_letters.c.log_id == log_id) | _IS_OF_NO_LOG
            row = update(dead_letters).where(dead_letters.c.id == number, is_own)
            values = {**each._asdict(), "content": encode_text(each.content), "digest": digest, "log_id": log_id}
            if connection.execute(row.values(**values)).rowcount:
                self._given.add(number)
                return True
        return False

    def remove_spoiled(self, connection: Connection) -> None:
        """Take out those of the log that it does not hold: no reading listed them."""
        for some in chunks(sorted(self._spoiled - self._given)):
            connection.execute(delete(dead_letters).where(dead_letters.c.id.in_(some)))


def letters_of_no_log(connection: Connection) -> dict[bytes, int]:
    """The first dead letters whose log the ledger does not have, by their digests. Goes through all there are."""
    columns = (dead_letters.c.digest, dead_letters.c.id)
    query = select(*columns).where(_IS_OF_NO_LOG, dead_letters.c.digest.is_not(None)).order_by(dead_letters.c.id)
    return {bytes(digest): number for digest, number in connection.execute(query.limit(_MOST_OF_NO_LOG))}


def spoiled_letters(connection: Connection) -> Iterator[Row[Any]]:
    """The dead letters that are not what their digest was taken of, each with the `path` of its log, or None. Reads all
    there are."""
    query = select(dead_letters, logs.c.path).outerjoin(logs, logs.c.id == dead_letters.c.log_id)
    return (row for row in _streamed(connection, query) if not is_as_listed(row))


def is_as_listed(row: Row[Any]) -> bool:
    """Whether a row of `dead_letters` is what its digest was taken of."""
    return row.digest is not None and bytes(row.digest) == digest_of_letter(_letter(row))


def _letter(row: Row[Any]) -> DeadLetter:
    return DeadLetter(row.line_number, row.byte_offset, row.reason, decode_text(row.content), row.content_bytes)


def _streamed(connection: Connection, query: Select[Any]) -> Iterator[Row[Any]]:
    return iter(connection.execute(query, execution_options={"yield_per": _AT_ONCE}))
