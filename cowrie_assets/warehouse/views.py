"""The contract's tables, as views that spell out what the physical tables hold as integers.

The files of `sql/views/` serve both engines. What the engines write differently is a macro there: `utc(us)`,
`utc_day(days)`, `hex(bytes)`. On SQLite a time is ISO 8601 text in UTC (`2026-08-29T22:00:26.123456Z`), on PostgreSQL a
`timestamptz`; a day is text or a `date`.
"""

import re

from sqlalchemy import Connection

from cowrie_assets.warehouse.sql import source

VIEWS = (
    *("virustotal_verdicts", "dshield_verdicts", "verdicts", "verdict_history", "raw_events", "session_summaries"),
    *("command_stats", "login_stats", "files", "log_files", "dead_letter_events"),
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


def create_views(connection: Connection) -> None:
    """Create every view as this code defines it."""
    expansions = _EXPANSIONS[connection.dialect.name]
    for view in VIEWS:
        body = _MACRO.sub(lambda match: f"({expansions[match[1]].format(match[2])})", source(f"views/{view}"))
        _run(connection, f"CREATE VIEW {view} AS\n{body}")


def drop_views(connection: Connection) -> None:
    """Drop every view, so that the tables below can change."""
    for view in reversed(VIEWS):
        _run(connection, f"DROP VIEW IF EXISTS {view}")


def _run(connection: Connection, sql: str) -> None:
    percent_binds = connection.dialect.paramstyle in ("format", "pyformat")
    connection.exec_driver_sql(sql.replace("%", "%%") if percent_binds else sql)
