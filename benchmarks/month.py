"""A month of summaries made of one day's: each further day is a copy of the first with sessions of its own.

What only one session of the day typed, tried or stored gets a new value each day: so every day brings much that is new.
There are no raw events behind the copies, and addresses are the same every day.
"""

from sqlalchemy import BigInteger, Connection, bindparam, text

from cowrie_assets.summaries.sightings import refresh_sightings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import metadata

_STRIDE = 10_000_000
"""Between the ids of one day and of the next."""

_TAIL = """
CREATE TEMPORARY TABLE tail AS
SELECT id FROM (
  SELECT password_id AS id FROM login_facts WHERE password_id <> 0
  UNION ALL SELECT command_id FROM command_facts
  UNION ALL SELECT shasum_id FROM file_facts
  UNION ALL SELECT url_id FROM file_facts WHERE url_id IS NOT NULL
) AS used
GROUP BY id HAVING COUNT(*) = 1
"""
_OWN = "CASE WHEN {0} IN (SELECT id FROM tail) THEN {0} + :copy * :stride ELSE {0} END"
_OTHER_TEXT = """
CASE
  WHEN LENGTH(text) = 64 AND {is_hex} THEN {four_digits} || SUBSTR(text, 5)
  ELSE text || ' ' || CAST(:copy AS TEXT)
END
"""
"""A SHA-256 stays one."""
_FUNCTIONS = {
    "sqlite": {
        "is_hex": "text NOT GLOB '*[^0-9a-f]*'",
        "four_digits": "printf('%04x', :copy)",
        "digest": "randomblob(16)",
    },
    "postgresql": {
        "is_hex": "text ~ '^[0-9a-f]*$'",
        "four_digits": "LPAD(TO_HEX(CAST(:copy AS INTEGER)), 4, '0')",
        "digest": "UUID_SEND(GEN_RANDOM_UUID())",
    },
}
_COPIED: dict[str, dict[str, str]] = {
    "texts": {"id": "id + :copy * :stride", "digest": "{digest}", "text": _OTHER_TEXT},
    "commands": {"command_id": "command_id + :copy * :stride"},
    "session_keys": {"id": "id + :copy * :stride", "digest": "{digest}"},
    "session_facts": {
        "session_ref": "session_ref + :copy * :stride",
        "session_day": "session_day + :copy",
        "first_event_at": "first_event_at + :copy * 86400000000",
        "last_event_at": "last_event_at + :copy * 86400000000",
    },
    "login_facts": {"session_ref": "session_ref + :copy * :stride", "password_id": _OWN.format("password_id")},
    "command_facts": {"session_ref": "session_ref + :copy * :stride", "command_id": _OWN.format("command_id")},
    "file_facts": {
        "session_ref": "session_ref + :copy * :stride",
        "shasum_id": _OWN.format("shasum_id"),
        "url_id": _OWN.format("url_id"),
    },
    "technique_facts": {"session_ref": "session_ref + :copy * :stride"},
    "active_hours": {"event_hour": "event_hour + :copy * 24"},
    "event_days": {"event_day": "event_day + :copy"},
    "changed_days": {"session_day": "session_day + :copy"},
    "sensor_days": {"session_day": "session_day + :copy"},
}
_LIMITS = {
    "texts": "id IN (SELECT id FROM tail)",
    "commands": "command_id IN (SELECT id FROM tail)",
    "session_keys": "id < :stride",
    "active_hours": "event_hour / 24 = :first_day",
    "event_days": "event_day = :first_day",
    "changed_days": "session_day = :first_day",
    "sensor_days": "session_day = :first_day",
}


def copy_day(warehouse: Warehouse, first_day: int, days: int) -> None:
    """Copy the only day of a warehouse (days since 1970-01-01) to the days behind it, until there are `days`."""
    with warehouse.write() as connection:
        connection.execute(text(_TAIL))
        for copy in range(1, days):
            for table in _COPIED:
                _copy(connection, table, {"copy": copy, "stride": _STRIDE, "first_day": first_day})
        connection.execute(text("DROP TABLE tail"))
    refresh_sightings(warehouse, range(first_day, first_day + days))


def _copy(connection: Connection, table: str, binds: dict[str, int]) -> None:
    """A session ends behind midnight: the hours and days that a copy reaches may be there."""
    functions = _FUNCTIONS[connection.dialect.name]
    names = [column.name for column in metadata.tables[table].columns]
    values = ", ".join(_COPIED[table].get(name, name).format(**functions) for name in names)
    limit = _LIMITS.get(table, "session_ref < :stride")
    sql = f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} WHERE {limit} ON CONFLICT DO NOTHING"
    used = [bindparam(name, value, BigInteger) for name, value in binds.items() if f":{name}" in sql]
    connection.execute(text(sql).bindparams(*used))
