"""The database's URL: read strictly, and shown without its secrets.

A password with `@`, `/` or `:` in it, written as it is, is split at the wrong place by any reader of URLs: a part of it
becomes the host, the port or the database, which errors and logs show. Such a URL is refused before it is used, and the
refusal quotes nothing of it.
"""

import re

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

_ENCODED = "a password that holds @ / : % # or ? is written percent-encoded there (@ is %40, / is %2F, % is %25)"
_REFUSED = "the database cannot be opened"
_PORTS = range(1, 65536)
_HOST = re.compile(r"[\w.:%-]*")
_QUERY = re.compile(r"\?\w+=")


class DatabaseUrlError(ValueError):
    """A database URL that cannot be used; the message quotes nothing that may be a secret."""


def read_database_url(text: str) -> URL:
    """The parts of a SQLAlchemy URL of SQLite or PostgreSQL. Raises DatabaseUrlError."""
    if text.lower().startswith(("postgresql", "postgres")) and text.count("@") > 1:
        raise DatabaseUrlError(f"{_REFUSED}: COWRIE_DATABASE_URL holds more than one @; {_ENCODED}")
    try:
        url = make_url(text)
    except ArgumentError:
        example = "sqlite:////path/to/cowrie.db"
        raise DatabaseUrlError(f"COWRIE_DATABASE_URL is no SQLAlchemy URL such as {example}") from None
    except ValueError:
        raise DatabaseUrlError(f"{_REFUSED}: the port in COWRIE_DATABASE_URL is no number; {_ENCODED}") from None
    return _postgresql(url) if url.get_backend_name() in ("postgresql", "postgres") else _sqlite(url)


def url_for_people(url: URL) -> str:
    """A database URL without the secrets in it: a password shows as `***`. Options of PostgreSQL are left out but for
    the host, and so is a port without a user before it, which may be a password without a host.
    """
    if url.get_backend_name() == "sqlite":
        return url.render_as_string(hide_password=True)
    shown = url.difference_update_query([name for name in url.query if name != "host"])
    if shown.username is None:
        shown = URL.create(shown.drivername, host=shown.host, database=shown.database, query=shown.query)
    return shown.render_as_string(hide_password=True)


def _sqlite(url: URL) -> URL:
    if url.get_backend_name() != "sqlite":
        raise DatabaseUrlError(f"{url.get_backend_name()} is not supported; use sqlite or postgresql")
    if url.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise DatabaseUrlError(f"{_REFUSED} with {url.drivername}: write sqlite:////path/to/cowrie.db")
    return url


def _postgresql(url: URL) -> URL:
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername != "postgresql+psycopg":
        driver = "the driver is psycopg, as in postgresql+psycopg://cowrie@host/cowrie"
        raise DatabaseUrlError(f"{_REFUSED} with {url.drivername}: {driver}")
    misplaced = _QUERY.search(str(url.password or "")) or not _HOST.fullmatch(url.host or "")
    if misplaced or "@" in (url.database or ""):
        raise DatabaseUrlError(f"{_REFUSED}: COWRIE_DATABASE_URL holds an @ where none belongs; {_ENCODED}")
    if url.port is not None and url.port not in _PORTS:
        raise DatabaseUrlError(f"{_REFUSED}: the port in COWRIE_DATABASE_URL is none from 1 to 65535; {_ENCODED}")
    return url
