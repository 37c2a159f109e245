"""Reading commands, urls and examined files for what they name, each distinct one once.

What was read by other rules is read anew as its day is profiled. An examined file is read when its bytes were.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

import orjson
from sqlalchemy import Connection, TextClause, bindparam, delete, select, update

from cowrie_assets.campaigns.marks import Mark
from cowrie_assets.campaigns.sequences import token_of, words_of
from cowrie_assets.cowrie.artefacts import (
    ARTEFACTS_VERSION,
    Artefact,
    ArtefactKind,
    artefacts_of_command,
    hosts_of,
)
from cowrie_assets.cowrie.event_types import KNOWN
from cowrie_assets.cowrie.normalize import behaviour_form
from cowrie_assets.cowrie.risk import RULESET
from cowrie_assets.warehouse.bulk_insert import insert_rows
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.codec import decode_text, encode_text
from cowrie_assets.warehouse.dictionary import Dictionaries
from cowrie_assets.warehouse.schema import artefact_facts, artefact_sources, text_collections
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.tuples import tuples

READING_VERSION = 1000 * RULESET + ARTEFACTS_VERSION
"""By what a command was read: the rules of its normal form, and those of artefacts."""
_OUTDATED = -1
_MOST_REMEMBERED = 200_000
_SOURCES = ("source_id", "version", "token", "words")
_FACTS = ("source_id", "kind", "value_id", "subtype", "comment_id")


class Reading(NamedTuple):
    """What a command or url was read as."""

    token: int
    """Of a command: its form; 0 for others."""
    words: int
    marks: Sequence[Mark]
    """What it names, of whatever kind."""


Read = tuple[int, int, int | None, int | None, Sequence[Artefact]]
"""Source, version, token and words of a source, and what it names."""


def read_day(connection: Connection, day: int) -> dict[int, Reading]:
    """Read the commands and urls of a session day (`clock.day_number`) that were not read by these rules; what these
    are read as, by their `texts.id`."""
    dialect, binds = connection.dialect.name, {"day": day, "version": READING_VERSION}
    read: list[Read] = []
    unread = tuples(connection, statement("campaigns/unread_commands", dialect), binds)
    for command_id, signature, command, form in unread:
        found = artefacts_of_command(decode_text(command))
        keys = [each.value for each in found if each.kind == ArtefactKind.SSH_KEY]
        words = words_of(behaviour_form(decode_text(form)))
        read.append((command_id, READING_VERSION, token_of(signature, keys), words, found))
    known = {each[0] for each in read}
    for row in connection.execute(statement("campaigns/unread_urls", dialect), binds):
        if row.url_id in known:
            continue  # a url that is a command, too, was read as one
        read.append((row.url_id, READING_VERSION, None, None, artefacts_of_command(decode_text(row.url))))
    named = _store(connection, read)
    return {source: Reading(token or 0, words or 0, named.get(source, ())) for source, _, token, words, _ in read}


def forget_readings(connection: Connection) -> None:
    """Have all commands, urls and examined files be read anew, each as its day is profiled: until then what they were
    read as stands."""
    connection.execute(update(artefact_sources).values(version=_OUTDATED))


class Readings:
    """What was read before, remembered from one day to the next: what bots type they type on many days."""

    def __init__(self) -> None:
        self._known: dict[int, Reading] = {}
        self._collection: int | None = None
        """The last collection of texts of which the memory knows: behind one, numbers may stand for others."""

    def of(
        self, connection: Connection, sources: AbstractSet[int], read_now: Mapping[int, Reading]
    ) -> dict[int, Reading]:
        """What some commands and urls (`texts.id`) were read as. `read_now`: by this transaction. That is not
        remembered, for it may be undone, nor is what it takes the place of."""
        collection = connection.execute(select(text_collections.c.version)).scalar()
        if collection != self._collection or len(self._known) > _MOST_REMEMBERED:
            self._known.clear()
        self._collection = collection
        for source in read_now:
            self._known.pop(source, None)
        self._known.update(_stored_readings(connection, sorted(sources - self._known.keys() - read_now.keys())))
        return {source: self._known[source] for source in sources & self._known.keys()} | dict(read_now)


def _stored_readings(connection: Connection, sources: Sequence[int]) -> dict[int, Reading]:
    named: defaultdict[int, list[Mark]] = defaultdict(list)
    found: dict[int, Reading] = {}
    for some in chunks(sources):
        binds = {"sources": list(some)}
        for source, kind, value in tuples(connection, _of_sources("campaigns/artefacts_of_sources"), binds):
            named[source].append((kind, value))
        for source, token, words in tuples(connection, _of_sources("campaigns/tokens_of_sources"), binds):
            found[source] = Reading(token or 0, words or 0, named.get(source, ()))
    return found


def _of_sources(name: str) -> TextClause:
    return statement(name).bindparams(bindparam("sources", expanding=True))


def read_contents(connection: Connection) -> list[int]:
    """Read the examined files that were not read since they were examined; the `texts.id` of their SHA-256."""
    rows = connection.execute(statement("campaigns/unread_contents")).all()
    read = [(row.shasum_id, row.examined_at, None, None, _in_file(row.strings)) for row in rows]
    _store(connection, read)
    return [row.shasum_id for row in rows]


def _in_file(strings: str | None) -> list[Artefact]:
    """What the strings of an examined file (`enrichment.file_strings`) name."""
    found = orjson.loads(strings) if strings else {}
    wallets = (each.partition(":") for each in found.get("wallets", ()))
    return [
        *(Artefact(ArtefactKind.SSH_KEY, each) for each in found.get("ssh_keys", ())),
        *(Artefact(ArtefactKind.URL, each) for each in found.get("urls", ())),
        *(Artefact(ArtefactKind.HOST, each) for each in hosts_of(found.get("urls", []))),
        *(Artefact(ArtefactKind.WALLET, address, currency) for currency, _, address in wallets),
    ]


def _store(connection: Connection, read: Sequence[Read]) -> dict[int, list[Mark]]:
    """Store what was read, in the place of what the same sources were read as before, or what is left of that; what
    each source names."""
    for some in chunks([each[0] for each in read]):
        for table in (artefact_sources, artefact_facts):
            connection.execute(delete(table).where(table.c.source_id.in_(some)))
    texts = Dictionaries(KNOWN.__contains__).texts
    named = [(source, artefact) for source, _, _, _, found in read for artefact in found]
    values = texts.resolve(connection, [artefact.value for _, artefact in named])
    comments = texts.resolve(connection, [artefact.comment for _, artefact in named])
    facts = {
        (source, int(artefact.kind), value): (encode_text(artefact.subtype), comment if artefact.comment else None)
        for (source, artefact), value, comment in zip(named, values, comments, strict=True)
    }
    insert_rows(connection, "artefact_sources", _SOURCES, [each[:4] for each in read])
    insert_rows(connection, "artefact_facts", _FACTS, [(*key, *told) for key, told in facts.items()])
    of_sources: defaultdict[int, list[Mark]] = defaultdict(list)
    for source, kind, value in facts:
        of_sources[source].append((kind, value))
    return of_sources
