"""SQLAlchemy keeps what it compiled with each engine, and tests make thousands of engines for the same statements:
those of SQLite share it here."""

from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.engine import Engine
from sqlalchemy.util import LRUCache

_MOST = 1500
_OWN = "_own_compiled_cache"


def compile_once() -> None:
    """From now on, in this process; what is compiled depends on the dialect's class alone."""
    shared: LRUCache = LRUCache(_MOST)
    SQLiteDialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
    SQLiteDialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
    Engine._compiled_cache = property(  # type: ignore[assignment]
        lambda engine: shared if isinstance(engine.dialect, SQLiteDialect) else engine.__dict__[_OWN],
        lambda engine, cache: engine.__dict__.__setitem__(_OWN, cache),
    )
