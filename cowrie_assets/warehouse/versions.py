"""Which tables a database has. Alembic is loaded only where tables have to change: it costs a third of a second."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from cowrie_assets.warehouse.errors import WarehouseError
from cowrie_assets.warehouse.schema import metadata
from cowrie_assets.warehouse.views import VIEWS

if TYPE_CHECKING:
    from alembic.config import Config

    from cowrie_assets.warehouse.engine import Warehouse

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010")
"""Every revision in order; this code works with the last. A test compares them with the migrations' folder."""

_MIGRATIONS = Path(__file__).parent / "migrations"


def current(warehouse: Warehouse) -> str | None:
    """The revision of the database's tables; None where it has none. Raises WarehouseError for a foreign database."""
    with warehouse.read() as connection:
        return _revision(connection)


def require_current(warehouse: Warehouse, *, create: bool = True) -> None:
    """With `create`, give an empty database its tables. Raises WarehouseError where it has none all the same, or where
    they are older or newer than this code."""
    revision = current(warehouse)
    if revision is None and not create:
        raise WarehouseError(
            f"the database {warehouse.label} has no tables yet: `cowrie-assets ingest` makes them, "
            "or COWRIE_DATABASE_URL names another one"
        )
    if revision is None:
        upgrade(warehouse)
        return
    _refuse_newer(revision)
    if revision != REVISIONS[-1]:
        raise WarehouseError(
            f"the database has tables of revision {revision}, this code needs {REVISIONS[-1]}: "
            "back it up, then run `cowrie-assets db upgrade`"
        )


def upgrade(warehouse: Warehouse) -> str:
    """Bring the tables to this code's revision, in one transaction, and tell it. Does nothing where they are there."""
    from alembic import command  # noqa: PLC0415

    with warehouse.write() as connection:
        revision = _revision(connection)
        if revision is not None:
            _refuse_newer(revision)
        if revision != REVISIONS[-1]:
            command.upgrade(_alembic(connection), "head")
    return REVISIONS[-1]


def _revision(connection: Connection) -> str | None:
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" in tables:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if found is not None:
            return str(found)
    foreign = tables & {*metadata.tables, *VIEWS, "sessions", "schema_state"}
    if foreign:
        raise WarehouseError(
            f"the database belongs to another tool (it has a table {min(foreign)!r}): "
            "give COWRIE_DATABASE_URL a database of its own"
        )
    return None


def _refuse_newer(revision: str) -> None:
    if revision not in REVISIONS:
        raise WarehouseError(
            f"the database has tables of revision {revision}, newer than this code knows ({REVISIONS[-1]}): "
            "install the newer cowrie-assets, or restore a backup made before the upgrade"
        )


def _alembic(connection: Connection) -> Config:
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
