"""The SQL files. Python binds and runs them; it does not write SQL of its own where a file can hold it.

`:name` is a bind. `{name}` is a constant, put in as a literal: so a planner can use a partial index.
"""

import re
from functools import cache
from pathlib import Path

from sqlalchemy import TextClause, text

from cowrie_assets.cowrie.counting import SQL_NAMES
from cowrie_assets.cowrie.risk import HIGH_RISK, SESSION_BASE
from cowrie_assets.warehouse.sighting_kinds import SightingKind

_PACKAGED = Path(__file__).parents[1] / "sql"
_CHECKOUT = Path(__file__).parents[2] / "sql"
SQL_ROOT = _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT
"""A wheel carries the files inside the package, a checkout beside it."""

_CONSTANT = re.compile(r"\{(\w+)\}")
_CONSTANTS = {
    **SQL_NAMES,
    "high_risk": HIGH_RISK,
    **{f"risk_of_{name}": score for name, score in SESSION_BASE.items()},
    **{f"{kind.name.lower()}_kind": int(kind) for kind in SightingKind},
}
"""Names that mean the same number in every file."""
_LOOK_UP = re.compile(r"JOIN (?P<table>\w+) AS (?P<alias>\w+) -- looked up by (?P<condition>.+)$", re.MULTILINE)
_LOOKED_UP = {
    "sqlite": r"JOIN \g<table> AS \g<alias>",
    "postgresql": r"JOIN LATERAL (SELECT * FROM \g<table> WHERE \g<condition> OFFSET 0) AS \g<alias>",
}


@cache
def source(name: str, dialect: str | None = None) -> str:
    """The text of `sql/<name>.sql` with its constants put in. Raises FileNotFoundError, KeyError; ValueError where the
    file reads otherwise on another engine and no dialect is named.

    A line `JOIN t AS a -- looked up by c = b.d AND ...` says that rows of `t` are found by its index on `c`, for a row
    of `b` after the other. SQLite does so for a CROSS JOIN, and reads no comment. PostgreSQL's planner goes by
    statistics, of which a new partition has none, and would read all of `t`: for it, OFFSET 0 keeps the look-up apart
    from what else is planned.
    """
    sql = (SQL_ROOT / f"{name}.sql").read_text(encoding="utf-8")
    if dialect is None and _LOOK_UP.search(sql):
        raise ValueError(f"sql/{name}.sql looks rows up: name the dialect")
    sql = looked_up(sql, dialect or "sqlite")
    return _CONSTANT.sub(lambda match: str(_CONSTANTS[match[1]]), sql)


def looked_up(sql: str, dialect: str) -> str:
    """SQL with its lines that look rows up as the engine wants them; see `source`."""
    return _LOOK_UP.sub(_LOOKED_UP[dialect], sql)


@cache
def statement(name: str, dialect: str | None = None) -> TextClause:
    """`sql/<name>.sql` ready to run with its remaining binds (`:day`, ...); see `source`."""
    return text(source(name, dialect))
