"""SQLAlchemy's SQLite dialect on apsw: `sqlite+apsw`."""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.engine import URL

from cowrie_assets.warehouse import apsw_dbapi

DRIVER = "sqlite+apsw"
_OPERATIONAL = (
    *("SQLError", "PermissionsError", "AbortError", "BusyError", "LockedError", "ReadOnlyError", "InterruptError"),
    *("IOError", "FullError", "CantOpenError", "ProtocolError", "EmptyError", "SchemaChangeError", "AuthError"),
)


class ApswDialect(SQLiteDialect):
    """Files only; errors are wrapped as SQLAlchemy wraps those of Python's `sqlite3`."""

    driver = "apsw"
    default_paramstyle = "qmark"
    supports_statement_cache = True
    returns_native_bytes = True
    dbapi_exception_translation_map = {  # noqa: RUF012  (SQLAlchemy's own type)
        **dict.fromkeys(_OPERATIONAL, "OperationalError"),
        **dict.fromkeys(("ConstraintError", "MismatchError"), "IntegrityError"),
        **dict.fromkeys(("NotADBError", "CorruptError", "FormatError", "NoMemError"), "DatabaseError"),
        **dict.fromkeys(("MisuseError", "RangeError"), "InterfaceError"),
        "TooBigError": "DataError",
        "BindingsError": "ProgrammingError",
        "ConnectionClosedError": "ProgrammingError",
    }

    @classmethod
    def import_dbapi(cls) -> ModuleType:
        """The module that SQLAlchemy connects with."""
        return sys.modules[apsw_dbapi.__name__]

    def create_connect_args(self, url: URL) -> tuple[list[str], dict[str, Any]]:
        """The file; options of the URL are none of this driver's."""
        return [str(Path(url.database or "").absolute())], {}

    def _get_server_version_info(self, connection: object) -> tuple[int, ...]:
        return apsw_dbapi.sqlite_version_info


registry.register("sqlite.apsw", __name__, ApswDialect.__name__)
