"""A database as a command line names it: a SQLite file, a URL, or a secret reference to a URL.

A password on the command line can be seen by every user of the machine, so a URL that holds one is refused.
"""

from pathlib import Path

from sqlalchemy.engine import URL

from cowrie_assets.database_url import DatabaseUrlError, read_database_url
from cowrie_assets.errors import UserError
from cowrie_assets.secrets import SecretError, is_reference, resolve


class DatabasePlaceError(UserError):
    """What names a database cannot be used; the message says why, and quotes nothing that may be a secret."""


def database_at(place: str) -> URL:
    """The URL of the database at `place`; it may hold a password. Raises DatabasePlaceError."""
    by_reference = is_reference(place)
    try:
        text = resolve(place) if by_reference else place
    except SecretError as error:
        raise DatabasePlaceError(str(error)) from None
    if "://" not in text:
        return URL.create("sqlite", database=str(Path(text).absolute()))
    try:
        url = read_database_url(text)
    except DatabaseUrlError:
        raise DatabasePlaceError(
            "this is no URL of a database such as postgresql://user@host/name or sqlite:////path/to/file "
            "(it is not shown: it may hold a secret)"
        ) from None
    if url.password is not None and not by_reference:
        raise DatabasePlaceError(
            "the URL holds a password, which any user of this machine can see on the command line: "
            "give a reference to the URL instead, such as env:NAME or file:/path"
        )
    return url


def is_same_database(one: URL, other: URL) -> bool:
    """Whether two URLs name one database, as far as their text tells."""
    if one.get_backend_name() != other.get_backend_name():
        return False
    if one.get_backend_name() == "sqlite":
        return Path(one.database or "").resolve() == Path(other.database or "").resolve()
    return all(getattr(one, part) == getattr(other, part) for part in ("host", "port", "database", "query"))
