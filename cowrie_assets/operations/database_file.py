"""Where a SQLite warehouse lies on disk."""

from pathlib import Path

from cowrie_assets.database_url import DatabaseUrlError, read_database_url


def sqlite_file(database_url: str) -> Path | None:
    """The file that a SQLite URL names; None for other engines and for what is no URL."""
    try:
        url = read_database_url(database_url)
    except DatabaseUrlError:
        return None
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
