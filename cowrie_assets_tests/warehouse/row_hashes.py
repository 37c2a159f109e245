"""A digest of each table's rows in words, as `db move` takes one of numbers.

It is equal for two warehouses that hold the same, of whatever engine, and whatever numbers their dictionaries gave.
"""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Integer, Table, select, text

from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import metadata
from cowrie_assets_tests import tables

_OF_ONE_WAREHOUSE = {"campaign_inputs", "text_collections", "warehouse_identity"}
"""What a warehouse did when, and its random number."""
_OF_NUMBERS = {"profile_marks", "profiles", "sequence_bands", "sequences", "session_profiles"}
"""What sessions did, known by digests of numbers: the views of campaigns and artefacts stand for it."""
_VIEWS = ("campaigns", "campaign_sessions", "artefacts", "ssh_keys")
_OWN = {
    *("changed_at", "created_at", "doubt", "first_event_id", "id", "ingested_at", "last_ingested_at", "looked_at_ns"),
    *("made_from", "mark", "resolved_at", "step", "updated_at", "version"),
}
"""Columns that no other warehouse shares: when a row was written, its own number, random versions."""
_NAMES = {
    "event_types": "SELECT id, name FROM event_types",
    "logs": "SELECT id, path FROM logs",
    "sensors": "SELECT id, name FROM sensors",
    "session_keys": "SELECT k.id, s.name || '/' || k.session_id FROM session_keys AS k JOIN sensors AS s"
    " ON s.id = k.sensor_id",
    "technique_rules": "SELECT id, digest FROM technique_rules",
    "texts": "SELECT id, text FROM texts",
    "verdict_providers": "SELECT id, name FROM verdict_providers",
}
_DICTIONARIES = {
    **{"event_type_id": "event_types", "log_id": "logs", "sensor_id": "sensors", "provider_id": "verdict_providers"},
    **dict.fromkeys(("session_ref", "oldest_ref"), "session_keys"),
    **dict.fromkeys(("rule_number", "after_number"), "technique_rules"),
}
"""What a column's numbers are of; those of any other `*_id` are of `texts`."""
_Words = Mapping[str, Mapping[int, Any]]


def row_hashes(warehouse: Warehouse) -> dict[str, tuple[int, str]]:
    """Of each table the number of its rows and their digest. Raises KeyError where a number stands for nothing."""
    with warehouse.read() as connection:
        words = {
            name: {0: None} | {row[0]: row[1] for row in connection.execute(text(sql))} for name, sql in _NAMES.items()
        }
        found = {
            name: _hash(_rows(connection, table, words))
            for name, table in metadata.tables.items()
            if name not in _OF_ONE_WAREHOUSE | _OF_NUMBERS
        }
    return found | {view: _hash([list(row.values()) for row in tables.rows(warehouse, view)]) for view in _VIEWS}


def _rows(connection: Connection, table: Table, words: _Words) -> list[list[Any]]:
    """A table's rows with what its numbers stand for in their place. A session's digest is one of numbers, too."""
    own = _OWN | {"digest"} if table.name == "session_keys" else _OWN
    columns = [column for column in table.columns if column.name not in own]
    names = [words.get(_dictionary(column.name)) if isinstance(column.type, Integer) else None for column in columns]
    return [
        [_word(known, value) for value, known in zip(row, names, strict=True)]
        for row in connection.execute(select(*columns))
    ]


def _word(known: Mapping[int, Any] | None, value: Any) -> Any:
    """What a number stands for. One that is no number of a dictionary's, such as a form's token, stands for itself; it
    has more than 32 bits."""
    if known is None or value is None or abs(value) >> 32:
        return value
    return known[value]


def _dictionary(column: str) -> str:
    return _DICTIONARIES.get(column, "texts" if column.endswith("_id") or column == "value" else "")


def _hash(rows: list[list[Any]]) -> tuple[int, str]:
    digest = blake2b(digest_size=16)
    for row in sorted(map(repr, rows)):
        digest.update(row.encode("utf-8", "backslashreplace") + b"\n")
    return len(rows), digest.hexdigest()
