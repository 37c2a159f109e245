"""Which tables and views a database has. Alembic is loaded only where tables have to change: it costs a third of a
second."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from cowrie_assets.warehouse.errors import WarehouseError
from cowrie_assets.warehouse.schema import metadata
from cowrie_assets.warehouse.views import VIEWS, are_current, create_views, drop_views, views_renewed

if TYPE_CHECKING:
    from alembic.config import Config

    from cowrie_assets.warehouse.engine import Warehouse

_LOG = logging.getLogger(__name__)
REVISIONS = tuple(f"{number:04}" for number in range(1, 34))
"""Every revision in order; this code works with the last. A test compares them with the migrations' folder."""

_MOVING = "moving"
"""In the place of the revision as long as a database is made equal to another one: no code works with it."""

_MIGRATIONS = Path(__file__).parent / "migrations"


def current(warehouse: Warehouse) -> str | None:
    """The revision of the database's tables; None where it has none. Raises WarehouseError for a foreign database."""
    with warehouse.read() as connection:
        return _revision(connection)


def require_current(warehouse: Warehouse, *, create: bool = True) -> None:
    """With `create`, give an empty database its tables, and one with other views than this code's these views. Raises
    WarehouseError where it has no tables all the same, or where they are older or newer than this code."""
    with warehouse.read() as connection:
        revision = _revision(connection)
        views_are_current = revision == REVISIONS[-1] and are_current(connection)
    if revision is None and not create:
        raise WarehouseError(
            f"the database {warehouse.label} has no tables yet: `cowrie-assets ingest` makes them, "
            "or COWRIE_DATABASE_URL names another one"
        )
    if revision is None:
        upgrade(warehouse)
        return
    refuse_newer(revision)
    if revision != REVISIONS[-1]:
        raise WarehouseError(
            f"the database has tables of revision {revision}, this code needs {REVISIONS[-1]}: "
            "back it up, then run `cowrie-assets db upgrade`"
        )
    if create and not views_are_current:
        _renew_views_if_allowed(warehouse)


def upgrade(warehouse: Warehouse) -> str:
    """Bring the tables and views to this code's revision, in one transaction, and tell it. Does nothing where they are
    there."""
    with warehouse.write() as connection:
        revision = _revision(connection)
        if revision is not None:
            refuse_newer(revision)
        if revision != REVISIONS[-1]:
            from alembic import command  # noqa: PLC0415

            command.upgrade(_alembic(connection, None), "head")
        elif not are_current(connection):
            _renew_views(connection)
    warehouse.release_memory()  # with the connections go statements that were prepared for the tables as they were
    return REVISIONS[-1]


def downgrade(warehouse: Warehouse, revision: str) -> None:
    """Bring the tables back to an earlier revision, in one transaction; the code of that revision makes its views.
    What of the data has no place there is lost: see `losses`. Raises WarehouseError where there is no way."""
    from alembic import command  # noqa: PLC0415

    with warehouse.write() as connection:
        losses(_revision(connection), revision)
        command.downgrade(_alembic(connection, revision), revision)
    warehouse.release_memory()


def losses(found: str | None, revision: str) -> list[str]:
    """What a downgrade from the revision `found` to `revision` loses, newest first: a sentence each. Raises
    WarehouseError where there is no way from the one to the other."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    if found is None:
        raise WarehouseError("the database has no tables, so there is nothing to bring back")
    refuse_newer(found)
    if revision not in REVISIONS or revision >= found:
        raise WarehouseError(
            f"the database has tables of revision {found}: a downgrade takes an earlier revision, "
            f"one of {', '.join(each for each in REVISIONS if each < found) or 'none'}"
        )
    scripts = ScriptDirectory(str(_MIGRATIONS))
    modules = [scripts.get_revision(each).module for each in reversed(REVISIONS) if revision < each <= found]
    lost = {module.revision: getattr(module, "lost", "") for module in modules}
    return [f"{each}: {what}" for each, what in lost.items() if what]


def _renew_views_if_allowed(warehouse: Warehouse) -> None:
    """A role that may not make views works with those that are there, as do those that come while others use them."""
    try:
        with warehouse.write() as connection:
            if not are_current(connection):
                _renew_views(connection)
    except (WarehouseError, DBAPIError) as error:
        _LOG.warning(
            "the views of the database are those of another version of cowrie-assets, and cannot be made anew now "
            "(%s): `cowrie-assets db upgrade` does it",
            error if isinstance(error, WarehouseError) else type(error).__name__,
        )


def _renew_views(connection: Connection) -> None:
    with views_renewed(connection):
        drop_views(connection)
        create_views(connection)


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


def is_moving(warehouse: Warehouse) -> bool:
    """Whether a move into the database was begun and not ended."""
    return current(warehouse) == _MOVING


def begin_move(connection: Connection) -> None:
    """Have nobody work with the database until `end_move`."""
    connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": _MOVING})


def end_move(connection: Connection) -> None:
    """Its tables hold what they shall."""
    connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": REVISIONS[-1]})


def refuse_newer(revision: str) -> None:
    """Raises WarehouseError where this code does not know tables of `revision`."""
    if revision == _MOVING:
        raise WarehouseError(
            "the database is not whole: a move into it was begun and not ended; run `cowrie-assets db move` again"
        )
    if revision not in REVISIONS:
        raise WarehouseError(
            f"the database has tables of revision {revision}, newer than this code knows ({REVISIONS[-1]}): "
            "install the newer cowrie-assets, or restore a backup made before the upgrade"
        )


def _alembic(connection: Connection, target: str | None) -> Config:
    """Alembic's settings for a way to the revision `target`; None for the newest."""
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["target"] = target
    return config
