"""The contract's tables, as views that spell out what the physical tables hold as integers.

The files of `sql/views/` serve both engines. What the engines write differently is a macro there: `utc(us)`,
`utc_day(days)`, `hex(bytes)`. On SQLite a time is ISO 8601 text in UTC (`2026-08-29T22:00:26.123456Z`), on PostgreSQL a
`timestamptz`; a day is text or a `date`.

A view is made anew where its text is another than the database's. SQLite keeps the text as it was given; PostgreSQL
does not, so its views carry a digest of theirs as a comment.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import blake2b

from sqlalchemy import Connection, inspect

from cowrie_assets.warehouse.sql import source, statement

VIEWS = (
    *(
        "virustotal_verdicts",
        "dshield_verdicts",
        "verdicts_of_files",
        "verdicts_of_addresses",
        "verdicts",
        "verdict_history",
    ),
    *("known_scanners", "raw_events", "session_summaries"),
    *("command_stats", "login_stats", "files", "log_files", "dead_letter_events", "sealed_days", "late_events"),
    *("address_places", "address_tags", "downloaded_files", "session_techniques"),
    *("artefacts", "ssh_keys", "campaigns", "campaign_sessions", "indicators"),
)
"""Each behind those that it reads."""

_MACRO = re.compile(r"\b(utc|utc_day|hex)\(([\w.]+)\)")
_EXPANSIONS = {
    "sqlite": {
        "utc": (
            "strftime('%Y-%m-%dT%H:%M:%S', ({0} - ({0} % 1000000 + 1000000) % 1000000) / 1000000, 'unixepoch')"
            " || printf('.%06dZ', ({0} % 1000000 + 1000000) % 1000000)"
        ),
        "utc_day": "date({0} * 86400, 'unixepoch')",
        "hex": "lower(hex({0}))",
    },
    "postgresql": {
        "utc": (
            "timestamptz 'epoch' + {0} / 1000000 * interval '1 second' + {0} % 1000000 * interval '1 microsecond'"
        ),  # in two steps: an interval is multiplied by a double, which does not hold the microseconds of year 9999
        "utc_day": "date '1970-01-01' + {0}",
        "hex": "encode({0}, 'hex')",
    },
}


def are_current(connection: Connection) -> bool:
    """Whether the database's views are those of this code."""
    dialect = connection.dialect.name
    found = {row.name: row.text for row in connection.execute(statement(f"warehouse/views_{dialect}"))}
    return all(found.get(view) == _mark(view, dialect) for view in VIEWS)


@contextmanager
def views_renewed(connection: Connection) -> Iterator[None]:
    """For a block that drops views and makes them anew: who had rights to them has these again."""
    if connection.dialect.name == "sqlite":
        yield
        return
    grants = connection.execute(statement("warehouse/grants_of_views"), {"views": list(VIEWS)}).all()
    yield
    made = set(inspect(connection).get_view_names())
    for grant in grants:
        if grant.view in made:
            run(connection, grant.sql)


def create_views(connection: Connection) -> None:
    """Create every view as this code defines it."""
    dialect = connection.dialect.name
    for view in VIEWS:
        run(connection, _definition(view, dialect))
        if dialect == "postgresql":
            run(connection, f"COMMENT ON VIEW {view} IS '{_mark(view, dialect)}'")


def drop_views(connection: Connection) -> None:
    """Drop every view, so that the tables below can change."""
    for view in reversed(VIEWS):
        run(connection, f"DROP VIEW IF EXISTS {view}")


def with_macros(sql: str, dialect: str) -> str:
    """A view's text with its macros expanded for an engine."""
    expansions = _EXPANSIONS[dialect]
    return _MACRO.sub(lambda match: f"({expansions[match[1]].format(match[2])})", sql)


def run(connection: Connection, sql: str) -> None:
    """Run a statement that has no binds."""
    percent_binds = connection.dialect.paramstyle in ("format", "pyformat")
    connection.exec_driver_sql(sql.replace("%", "%%") if percent_binds else sql)


@cache
def _definition(view: str, dialect: str) -> str:
    return f"CREATE VIEW {view} AS\n{with_macros(source(f'views/{view}'), dialect)}"


@cache
def _mark(view: str, dialect: str) -> str:
    """What tells that a view is the one that this code makes."""
    definition = _definition(view, dialect)
    if dialect == "sqlite":
        return definition.rstrip()
    return f"cowrie_assets {blake2b(definition.encode(), digest_size=16).hexdigest()}"
