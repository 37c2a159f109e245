"""Alembic's entry: runs inside the transaction and the connection that `warehouse.versions` gives it.

A revision's tables are SQL files of its own, one for each engine: `ddl/<revision>_<engine>.sql`. They are frozen with
it; `schema.py` is what the newest revision comes to.
"""

from pathlib import Path

from alembic import context

from cowrie_assets.warehouse.schema import metadata
from cowrie_assets.warehouse.views import create_views, drop_views

_DDL = Path(__file__).parent / "ddl"

connection = context.config.attributes["connection"]


def run_ddl(revision: str) -> None:
    """Run the statements of a revision's file for the connection's engine."""
    file = _DDL / f"{revision}_{connection.dialect.name}.sql"
    for sql in file.read_text(encoding="utf-8").split(";\n"):
        if sql.strip():
            connection.exec_driver_sql(sql)


context.config.attributes["run_ddl"] = run_ddl
context.configure(connection=connection, target_metadata=metadata)
drop_views(connection)
context.run_migrations()
create_views(connection)
