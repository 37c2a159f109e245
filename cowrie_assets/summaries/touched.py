"""The sessions that are computed anew, and their rows: as they stand in a summary, and as they come out."""

from collections.abc import Collection, Generator
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Connection, RowMapping, Table, text

from cowrie_assets.warehouse.number_lists import ROWS, as_value
from cowrie_assets.warehouse.schema import command_facts, file_facts, login_facts, session_facts, technique_facts
from cowrie_assets.warehouse.sql import looked_up, statement
from cowrie_assets.warehouse.temporary_tables import make_empty

TECHNIQUES = "session_techniques"
TABLES: dict[str, Table] = {
    "session_summaries": session_facts,
    "command_stats": command_facts,
    "login_stats": login_facts,
    "files": file_facts,
    TECHNIQUES: technique_facts,
}
"""In the order in which they are computed: the last one from the others, as they stand."""
KEYED = {summary: TABLES[summary] for summary in ("command_stats", "login_stats", "files")}
"""Those that have many rows of a session, each from events: of long sessions they are computed in part."""
OF_SESSIONS = {summary: table for summary, table in TABLES.items() if summary != "session_summaries"}
"""Those whose rows stand beside a session's own."""
LONG_SESSION = 2_000
"""Events from which on a session is long: below, all its rows are computed in some hundredths of a second."""
_ROWS_AT_ONCE = 500
_TOUCHED_SESSIONS = (
    "session_ref BIGINT PRIMARY KEY, is_long SMALLINT NOT NULL DEFAULT 0, is_new SMALLINT NOT NULL DEFAULT 0"
)
_TOUCH = "INSERT INTO touched_sessions (session_ref)"
_TOUCHED_KEYS = "session_ref BIGINT, first_id BIGINT, second_id BIGINT, PRIMARY KEY (session_ref, first_id, second_id)"


def touch(connection: Connection, day: int, *, whole: bool, seen: Collection[int] | None = None) -> None:
    """Fill `touched_sessions` with the sessions of a day that `refresh_queue.take` took, or (`whole`) that have any
    event on it or are placed there; those of sealed days are not among them. Make `touched_keys` empty.

    `seen`: the sessions of all events of the day, where the caller has read these. To compare rows is all that such a
    touch is good for."""
    make_empty(connection, "touched_sessions", _TOUCHED_SESSIONS)
    make_empty(connection, "touched_keys", _TOUCHED_KEYS)
    dialect = connection.dialect.name
    if seen is not None:
        connection.exec_driver_sql(f"{_TOUCH} {ROWS[dialect]}", (as_value(seen, dialect),))
        connection.execute(statement("summaries/sessions_placed_on_day"), {"day": day})
    elif whole:
        connection.execute(statement("summaries/sessions_of_day", dialect), {"day": day})
    else:
        connection.execute(statement("summaries/sessions_waiting", dialect), {"day": day, "long_session": LONG_SESSION})
    connection.execute(statement("summaries/leave_sealed", dialect))
    if dialect == "postgresql":
        # Of a partition that it knows nothing of it expects many rows of a session, and would make a bitmap for each.
        connection.execute(text("SET LOCAL enable_bitmapscan = off"))
    # Either planner would else take the few sessions of a delta for many, and read every event for them.
    connection.execute(text("ANALYZE touched_sessions"))


def _stored(table: Table, touched: str, names: tuple[str, ...], dialect: str) -> str:
    """The rows of a summary that a temporary table names, by look-ups: read whole, the table would cost more each day.
    `names`: the columns there of its primary key, as many as both have."""
    pairs = list(zip((column.name for column in table.primary_key.columns), names, strict=False))
    columns = ", ".join(f"stored.{column.name}" for column in table.columns)
    condition = " AND ".join(f"{key} = {touched}.{name}" for key, name in pairs)
    sql = f"SELECT {columns} FROM {touched}\nCROSS JOIN {table.name} AS stored -- looked up by {condition}\nWHERE "  # noqa: S608
    return looked_up(sql, dialect) + " AND ".join(f"stored.{key} = {touched}.{name}" for key, name in pairs)


Pair = tuple[RowMapping | None, RowMapping | None]
"""A row as it stands, and as it comes out; None where it does not."""


class Rows:
    """The row sets of a summary table in SQL: as stored and as freshly computed, for the touched sessions."""

    def __init__(self, table: Table, dialect: str) -> None:
        self.table = table
        self.keys = tuple(column.name for column in table.primary_key.columns)
        columns = ", ".join(column.name for column in table.columns)
        keys = ", ".join(self.keys)
        self.fresh = f"SELECT {columns} FROM fresh"  # noqa: S608  (names of our own schema, here and below)
        self.stored = _stored(table, "touched_sessions", ("session_ref",), dialect)
        if table in KEYED.values():
            keyed = _stored(table, "touched_keys", ("session_ref", "first_id", "second_id"), dialect)
            self.stored = (
                f"SELECT {columns} FROM ({self.stored} AND touched_sessions.is_long = 0 UNION ALL {keyed}) AS stored"  # noqa: S608
            )
        self.wrong = f"{self.stored} EXCEPT {self.fresh}"
        self.missing = f"{self.fresh} EXCEPT {self.stored}"
        same = " AND ".join(f"stored.{each.name} IS NOT DISTINCT FROM fresh.{each.name}" for each in table.columns)
        key = " AND ".join(f"{each} = fresh.{each}" for each in self.keys)
        equal = f"SELECT COUNT(*) FROM fresh\nCROSS JOIN {table.name} AS stored -- looked up by {key}\nWHERE {same}"  # noqa: S608
        self._equal = looked_up(equal, dialect)
        self.delete_changed = f"DELETE FROM {table.name} WHERE ({keys}) IN (SELECT {keys} FROM changed)"  # noqa: S608
        self.insert_changed = f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM changed"  # noqa: S608

    def any_stored(self, connection: Connection) -> bool:
        """Whether any row of the touched sessions is stored."""
        return connection.execute(text(f"SELECT 1 FROM ({self.stored}) AS stored LIMIT 1")).scalar() is not None  # noqa: S608

    def differing(self, connection: Connection, condition: str) -> Generator[Pair, None, None]:
        """The rows that differ and meet a condition, in the order of their keys. They are read a part at a time: close
        what this gives before you drop `fresh`."""
        wrong = f"SELECT 0 AS is_fresh, wrong_rows.* FROM ({self.wrong}) AS wrong_rows"  # noqa: S608
        missing = f"SELECT 1 AS is_fresh, missing_rows.* FROM ({self.missing}) AS missing_rows"  # noqa: S608
        query = (
            f"SELECT * FROM ({wrong} UNION ALL {missing}) AS differing"  # noqa: S608
            f" WHERE {condition} ORDER BY {', '.join(self.keys)}, is_fresh"
        )
        with connection.execute(text(query), execution_options={"yield_per": _ROWS_AT_ONCE}) as rows:
            for _, of_key in groupby(rows.mappings(), itemgetter(*self.keys)):
                found = {bool(row["is_fresh"]): row for row in of_key}
                yield found.get(False), found.get(True)

    def differ(self, connection: Connection) -> bool:
        """Whether any row is wrong or missing, told in a third of the time that it takes to count them: in either set
        a key stands once, so there is none where both have as many rows as there are equal pairs."""
        query = (
            f"SELECT (SELECT COUNT(*) FROM ({self.stored}) AS stored_rows), (SELECT COUNT(*) FROM fresh),"  # noqa: S608
            f" ({self._equal})"
        )
        stored, fresh, equal = connection.execute(text(query)).one()
        return not stored == fresh == equal

    def count_differences(self, connection: Connection, condition: str) -> tuple[int, int]:
        """How many of the wrong and of the missing rows meet a condition."""
        wrong, missing = (
            int(connection.execute(text(f"SELECT COUNT(*) FROM ({rows}) AS differing WHERE {condition}")).scalar_one())  # noqa: S608
            for rows in (self.wrong, self.missing)
        )
        return wrong, missing
