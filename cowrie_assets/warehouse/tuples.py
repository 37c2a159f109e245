"""Many rows as the driver gives them: SQLAlchemy's row around each takes as long as all else together."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Executable


def tuples(connection: Connection, query: Executable, binds: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """All rows that `query` gives, of columns that need no conversion: numbers, texts, bytes."""
    cursor = connection.execute(query, binds).cursor
    return [] if cursor is None else list(cursor.fetchall())
