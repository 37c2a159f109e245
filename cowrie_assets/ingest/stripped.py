"""Events that lost their control characters before they came here, and the same events as their logs have them.

cowrieprocessor takes control characters out of what it stores, and nothing tells where it did. So an event imported
from it may be another one than its log holds, by its identity, and yet the same. The one in the log is the truth: the
stripped one is not stored beside it, and goes where the log is read later.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from cowrie_assets.cowrie.event import NotAnEventError, Source, read_event
from cowrie_assets.cowrie.identity import leading_bytes
from cowrie_assets.cowrie.lenient_json import decode
from cowrie_assets.ingest.restating import Restated, mark, withdraw
from cowrie_assets.ingest.sources import folder_name
from cowrie_assets.warehouse.bulk_insert import Group
from cowrie_assets.warehouse.chunks import MOST_BINDS, chunks
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import require_alone
from cowrie_assets.warehouse.schema import events, logs

IMPORTED = "cowrieprocessor"
"""`logs.compression` of what was imported from a database of that tool."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_RAW = bytes({*range(32), 127} - set(b"\t\n\r"))
_ESCAPED = (b"\\u00", b"\\b", b"\\f", b"\xc2", b"\xf4\x80")
"""What stands in JSON that holds a control character, as `warehouse.codec` stores it: a NUL begins with the last."""
_ANY_IMPORTED = select(logs.c.id).where(logs.c.compression == IMPORTED).limit(1)
_AT_A_TIME = 1_000
_MOST_REMEMBERED = 200_000
_APART_SECONDS = 3_600
"""Of seconds in which events were written: those closer together are looked through in one stretch."""


class StrippedEvents:
    """Sees to it, step by step, that no stripped event stands beside its whole one."""

    def __init__(self) -> None:
        self._any_imported: bool | None = None
        self._looked_through: set[int] = set()
        """The logs (`logs.id`) of which every stored event went through here."""
        self._stripped: set[bytes] = set()
        """The identities that their events would have without control characters, of those that have some."""

    def forget(self) -> None:
        """Drop what is in memory: a transaction that went through here was undone."""
        self._looked_through.clear()
        self._stripped.clear()

    def settle(self, connection: Connection, log_id: int, groups: Sequence[Group]) -> Sequence[Group]:
        """Those of a log's events in a step that may be stored; stripped ones that stand where these are whole go.

        Costs a look-up for all steps of a writer where nothing was ever imported.
        """
        if self._any_imported is None:
            self._any_imported = connection.execute(_ANY_IMPORTED).scalar() is not None
        if not self._any_imported or not groups:
            return groups
        of_log = select(logs.c.compression, logs.c.lines, logs.c.folder, logs.c.path).where(logs.c.id == log_id)
        compression, lines, *lies_in = connection.execute(of_log).one()
        folder = _folder(*lies_in)
        stripped = {each for payload in _suspects(_column(groups, "payload")) for each in _stripped(payload, folder)}
        if stripped:
            _withdraw_imported(connection, stripped)
        if compression != IMPORTED:
            return groups
        if not lines:
            self._looked_through.add(log_id)
        if log_id in self._looked_through:
            self._stripped |= stripped
        if len(self._stripped) > _MOST_REMEMBERED:
            self.forget()
        elsewhere = _stripped_of_stored(connection, groups, self._looked_through)
        return _without(groups, stripped | self._stripped | elsewhere)


def _column(groups: Sequence[Group], name: str) -> Iterator[Any]:
    return (row[at] for columns, rows in groups for at in (columns.index(name),) for row in rows)


def _without(groups: Sequence[Group], identities: Collection[bytes]) -> Sequence[Group]:
    if not identities:
        return groups
    left = []
    for columns, rows in groups:
        at = columns.index("event_hash")
        left.append((columns, [row for row in rows if row[at] not in identities]))
    return [(columns, rows) for columns, rows in left if rows]


def _withdraw_imported(connection: Connection, identities: Collection[bytes]) -> None:
    """Take out the imported events of these identities."""
    of_imports = select(events.c.id).join(logs, logs.c.id == events.c.log_id).where(logs.c.compression == IMPORTED)
    found = [
        number
        for some in chunks(list(identities))
        for number in connection.execute(of_imports.where(events.c.event_hash.in_(some))).scalars()
    ]
    if found:
        require_alone(connection)
        restated = Restated()
        withdraw(connection, found, restated)
        mark(connection, restated)


def _stripped_of_stored(connection: Connection, groups: Sequence[Group], known: Collection[int]) -> set[bytes]:
    """The identities that stored events would have without their control characters, where they have any: of those
    that were written in about the same seconds, and are not of the logs that are `known`."""
    found: set[bytes] = set()
    of_log = select(events.c.payload, logs.c.folder, logs.c.path).join(logs, logs.c.id == events.c.log_id)
    of_log = of_log.where(events.c.log_id.notin_(known)) if len(known) <= MOST_BINDS else of_log
    seconds = {int.from_bytes(identity[:4], "big") for identity in _column(groups, "event_hash")}
    for first, behind in _stretches(seconds):
        between = (events.c.event_hash >= leading_bytes(first), events.c.event_hash < leading_bytes(behind))
        for some in connection.execute(of_log.where(*between)).partitions(_AT_A_TIME):
            by_payload = {payload.encode("utf-8"): (folder, path) for payload, folder, path in some}
            for payload in _suspects(by_payload):
                found.update(_stripped(payload, _folder(*by_payload[payload])))
    return found


def _suspects(payloads: Iterable[bytes]) -> list[bytes]:
    """Those payloads that may hold a control character: most have nothing that one is written with."""
    several = list(payloads)
    joined = b"".join(several)
    signs = [sign for sign in _ESCAPED if sign in joined]
    found = [payload for payload in several if any(sign in payload for sign in signs)] if signs else []
    if len(joined.translate(None, _RAW)) < len(joined):
        found += [payload for payload in several if len(payload.translate(None, _RAW)) < len(payload)]
    return found


def _folder(folder: str | None, path: str) -> str:
    """The name of the folder that a log was first read in, of its columns in the ledger."""
    return folder_name(Path(decode_text(path))) if folder is None else decode_text(folder)


def _stretches(seconds: Collection[int]) -> Iterator[tuple[int, int]]:
    """Spans that hold all of these seconds, and no long time without any; the second of each is behind its last."""
    in_order = sorted(seconds)
    begins = [in_order[0], *(after for before, after in pairwise(in_order) if after - before > _APART_SECONDS)]
    ends = [*(before for before, after in pairwise(in_order) if after - before > _APART_SECONDS), in_order[-1]]
    return ((begin, end + 1) for begin, end in zip(begins, ends, strict=True))


def _stripped(payload: bytes, folder: str) -> list[bytes]:
    """The identity that an event has without its control characters; none where it holds none."""
    value = decode(decode_text(payload.decode("utf-8")).encode("utf-8", "surrogatepass")).value
    without = _without_control_characters(value)
    if without == value:
        return []
    try:
        return [read_event(without, Source(folder)).identity]
    except NotAnEventError:
        return []


def _without_control_characters(value: Any) -> Any:  # noqa: ANN401  (JSON; an event has few levels)
    if isinstance(value, str):
        return _CONTROL.sub("", value)
    if isinstance(value, dict):
        return {_CONTROL.sub("", key): _without_control_characters(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_control_characters(each) for each in value]
    return value
