"""Where a SQLite warehouse lies on disk."""

from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError


def sqlite_file(database_url: str) -> Path | None:
    """The file that a SQLite URL names; None for other engines and for what is no URL."""
    try:
        url = make_url(database_url)
    except ArgumentError:
        return None
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
