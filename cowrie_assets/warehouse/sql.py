"""The SQL files. Python binds and runs them; it does not write SQL of its own where a file can hold it."""

import re
from functools import cache
from pathlib import Path

from sqlalchemy import TextClause, bindparam, text

from cowrie_assets.cowrie.counting import SQL_NAMES

_PACKAGED = Path(__file__).parents[1] / "sql"
_CHECKOUT = Path(__file__).parents[2] / "sql"
SQL_ROOT = _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT
"""A wheel carries the files inside the package, a checkout beside it."""

_BIND = re.compile(r"(?<![:\w]):([a-z_]\w*)")


@cache
def source(name: str) -> str:
    """The text of `sql/<name>.sql`. Raises FileNotFoundError."""
    return (SQL_ROOT / f"{name}.sql").read_text(encoding="utf-8")


@cache
def statement(name: str) -> TextClause:
    """`sql/<name>.sql` ready to run, the counting rules' names (`:login_success`, ...) already bound."""
    sql = source(name)
    used = set(_BIND.findall(sql))
    return text(sql).bindparams(*(bindparam(key, value) for key, value in SQL_NAMES.items() if key in used))
