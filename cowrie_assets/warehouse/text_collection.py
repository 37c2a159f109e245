"""Texts that nothing names any more are removed, once raw events have left.

What names a text is looked for in a snapshot, beside whoever writes. Only what was found without a name is looked for
again, by a transaction that is alone, which removes it: in the days whose events changed in between, and in the other
tables. Who remembers numbers of texts is told by the version of the collection (`dictionary`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select, text

from cowrie_assets import clock
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.day_versions import new_version
from cowrie_assets.warehouse.engine import Warehouse, overwrite_what_goes
from cowrie_assets.warehouse.schema import event_days, text_collections, texts
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.temporary_tables import make_empty


@dataclass(frozen=True, slots=True)
class CollectedTexts:
    """What was removed."""

    texts: int = 0
    characters: int = 0


def collect_texts(warehouse: Warehouse, *, progress: ProgressSink = silent) -> CollectedTexts:
    """Remove the texts that no table names. Waits for writers, and they for it, only where there are some."""
    with warehouse.read() as connection:
        versions = _versions(connection)
        make_empty(connection, "unnamed_texts", "id BIGINT PRIMARY KEY")
        connection.execute(statement("texts/may_be_unnamed"))
        connection.execute(statement("texts/named_by_others"))
        for position, day in enumerate(versions):
            progress(Progress("collect texts", position, len(versions), "days", str(clock.day_of_number(day))))
            connection.execute(statement("texts/named_by_events"), {"day": day})
        unnamed = _left(connection)
    progress(Progress("collect texts", len(versions), len(versions), "days"))
    return _remove(warehouse, unnamed, versions) if unnamed else CollectedTexts()


def _remove(warehouse: Warehouse, unnamed: Sequence[int], versions: Mapping[int, int]) -> CollectedTexts:
    with warehouse.write() as connection:
        overwrite_what_goes(connection)
        make_empty(connection, "unnamed_texts", "id BIGINT PRIMARY KEY")
        candidates = [{"id": number} for number in unnamed]
        connection.execute(text("INSERT INTO unnamed_texts (id) VALUES (:id)"), candidates)
        connection.execute(statement("texts/named_by_others"))
        for day, version in _versions(connection).items():
            if versions.get(day) != version:
                connection.execute(statement("texts/named_by_events"), {"day": day})
        gone, characters = _left(connection), 0
        for some in chunks(gone):
            of_some = texts.c.id.in_(some)
            characters += connection.execute(select(func.sum(func.length(texts.c.text))).where(of_some)).scalar() or 0
            connection.execute(delete(texts).where(of_some))
        if gone:
            connection.execute(delete(text_collections))
            row = {"version": new_version(), "collected_at": clock.now_us(), "texts": len(gone)}
            connection.execute(text_collections.insert(), row)
    return CollectedTexts(len(gone), characters)


def _left(connection: Connection) -> list[int]:
    return list(connection.execute(text("SELECT id FROM unnamed_texts ORDER BY id")).scalars())


def _versions(connection: Connection) -> dict[int, int]:
    """The days with events, each with the version of these."""
    query = select(event_days.c.event_day, event_days.c.version).order_by(event_days.c.event_day)
    return {row.event_day: row.version for row in connection.execute(query)}
