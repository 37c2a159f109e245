"""Which tables a database has: given to an empty one, refused where they are not this code's."""

from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Index, Inspector, Table, UniqueConstraint, inspect, text

from cowrie_assets.warehouse import versions
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.errors import WarehouseError
from cowrie_assets.warehouse.schema import metadata
from cowrie_assets.warehouse.views import VIEWS
from cowrie_assets_tests.databases import ENGINES, Databases


def execute(warehouse: Warehouse, sql: str) -> None:
    with warehouse.write() as connection:
        connection.execute(text(sql))


def test_an_empty_database_is_given_tables_and_views(empty_database_url: str) -> None:
    with Warehouse.connect(empty_database_url) as warehouse:
        assert versions.current(warehouse) is None
    with Warehouse.open(empty_database_url) as warehouse:
        assert versions.current(warehouse) == versions.REVISIONS[-1]
        with warehouse.read() as connection:
            tables = set(inspect(connection).get_table_names())
            views = set(inspect(connection).get_view_names())
        assert tables == {*metadata.tables, "alembic_version"}
        assert views == set(VIEWS)
        execute(warehouse, "INSERT INTO sensors (id, name) VALUES (1, 'kept')")
    with Warehouse.open(empty_database_url) as warehouse, warehouse.read() as connection:
        assert connection.execute(text("SELECT name FROM sensors")).scalar_one() == "kept"


def test_an_upgrade_of_what_is_up_to_date_changes_nothing(warehouse: Warehouse) -> None:
    assert versions.upgrade(warehouse) == versions.REVISIONS[-1]


def test_tables_newer_than_the_code_are_refused(warehouse: Warehouse, database_url: str) -> None:
    execute(warehouse, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(WarehouseError, match=r"revision 9999, newer than this code knows .* install the newer"):
        Warehouse.open(database_url)
    with pytest.raises(WarehouseError, match="newer than this code knows"):
        versions.upgrade(warehouse)


def test_tables_older_than_the_code_are_told(
    warehouse: Warehouse, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "REVISIONS", (*versions.REVISIONS, "9999"))
    with pytest.raises(WarehouseError, match="this code needs 9999: back it up, then run `cowrie-assets db upgrade`"):
        Warehouse.open(database_url)


@pytest.mark.parametrize("table", ["raw_events", "sessions", "events", "files", "texts"])
def test_a_foreign_database_is_refused_and_left_alone(empty_database_url: str, table: str) -> None:
    with Warehouse.connect(empty_database_url) as warehouse:
        execute(warehouse, f"CREATE TABLE {table} (id INTEGER)")
        with pytest.raises(WarehouseError, match=f"belongs to another tool .*'{table}'.* a database of its own"):
            Warehouse.open(empty_database_url)
        with warehouse.read() as connection:
            assert inspect(connection).get_table_names() == [table]


def test_the_revisions_are_the_migrations() -> None:
    scripts = ScriptDirectory(str(versions._MIGRATIONS))
    assert tuple(script.revision for script in scripts.walk_revisions())[::-1] == versions.REVISIONS


@pytest.mark.parametrize("name", sorted(metadata.tables))
def test_the_schema_is_what_the_migrations_make(migrated: Inspector, name: str) -> None:
    table = metadata.tables[name]
    dialect = migrated.dialect
    columns = {
        column["name"]: (_type(column["type"], dialect), column["nullable"]) for column in migrated.get_columns(name)
    }
    assert columns == {column.name: (_type(column.type, dialect), bool(column.nullable)) for column in table.columns}
    partitioned = name == "events" and dialect.name == "postgresql"
    key = [] if partitioned else [column.name for column in table.primary_key.columns]
    assert migrated.get_pk_constraint(name)["constrained_columns"] == key
    uniques = {tuple(unique["column_names"]) for unique in migrated.get_unique_constraints(name)}
    assert uniques == _uniques(table)
    indexes = {
        index["name"]: (tuple(index["column_names"]), bool(index["unique"]), _where(index, dialect.name) is not None)
        for index in migrated.get_indexes(name)
        if not index.get("duplicates_constraint")
    }
    assert indexes == {
        index.name: (_columns(index, dialect.name), bool(index.unique), _has_where(index, dialect.name))
        for index in table.indexes
    }


@pytest.fixture(scope="module", params=ENGINES)
def migrated(request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory):
    """What a new database has, on each engine."""
    url = databases.new(request.param, tmp_path_factory.mktemp("migrated"))
    with Warehouse.open(url) as warehouse, warehouse.read() as connection:
        yield inspect(connection)


def _type(found: Any, dialect: Any) -> str:
    return str(found.compile(dialect)).replace("BLOB", "BYTEA")


def _uniques(table: Table) -> set[tuple[str, ...]]:
    return {
        tuple(column.name for column in constraint.columns)
        for constraint in table.constraints
        if isinstance(constraint, UniqueConstraint)
    }


def _where(index: Any, dialect: str) -> Any:
    return index.get("dialect_options", {}).get(f"{dialect}_where")


def _has_where(index: Index, dialect: str) -> bool:
    return index.dialect_options[dialect]["where"] is not None


def _columns(index: Index, dialect: str) -> tuple[str, ...]:
    """Every index of SQLite ends with the row's id, which its migrations therefore leave out."""
    names = tuple(column.name for column in index.columns)
    return names[:-1] if dialect == "sqlite" and names[-1] == "id" else names
