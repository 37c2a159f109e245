"""Alembic's entry: runs inside the transaction and the connection that `warehouse.versions` gives it.

A revision's tables are SQL files of its own, one for each engine and direction: `ddl/<revision>_<engine>.sql` and
`ddl/<revision>_<engine>_down.sql`. They are frozen with it; `warehouse/schema/` is what the newest revision comes to.

The code of revision 0005 and later makes its views where it finds none of its own. That of earlier revisions does not:
`views/` holds theirs for a downgrade, each file up to the next one's revision.
"""

from pathlib import Path

from alembic import context

from cowrie_assets.warehouse.schema import metadata
from cowrie_assets.warehouse.views import create_views, drop_views, run, views_renewed, with_macros

_FOLDER = Path(__file__).parent
_MAKES_NO_VIEWS = "0004"

connection = context.config.attributes["connection"]


def run_ddl(revision: str, *, down: bool = False) -> None:
    """Run the statements of a revision's file for the connection's engine."""
    file = _FOLDER / "ddl" / f"{revision}_{connection.dialect.name}{'_down' if down else ''}.sql"
    for sql in statements(file):
        connection.exec_driver_sql(sql)


def statements(file: Path) -> list[str]:
    """The statements of a file, each of which ends with a semicolon and a newline."""
    return [sql for sql in file.read_text(encoding="utf-8").split(";\n") if sql.strip()]


def create_frozen_views(revision: str) -> None:
    """Make the views that the code of a revision expects and does not make."""
    file = max(file for file in (_FOLDER / "views").glob("*.sql") if file.stem <= revision)
    for sql in statements(file):
        run(connection, with_macros(sql, connection.dialect.name))


context.config.attributes["run_ddl"] = run_ddl
context.configure(connection=connection, target_metadata=metadata)
target = context.config.attributes["target"]
with views_renewed(connection):
    drop_views(connection)
    context.run_migrations()
    if target is None:
        create_views(connection)
    elif target <= _MAKES_NO_VIEWS:
        create_frozen_views(target)
