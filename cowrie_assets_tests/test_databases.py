"""The tests' databases on a server that others use too (`COWRIE_TEST_POSTGRES_URL`)."""

from pathlib import Path

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL

from cowrie_assets.warehouse import versions
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.databases import Postgres


def names(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.execute(text("SELECT datname FROM pg_database")).scalars())


def test_a_given_server_is_left_as_it_was(postgres_server: URL, tmp_path: Path) -> None:
    engine = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    before = names(engine)
    given = Postgres(tmp_path / "run", given=postgres_server.render_as_string(hide_password=False))
    given.folder.mkdir()
    with Warehouse.open(given.new(), create=False) as warehouse:
        assert versions.current(warehouse) == versions.REVISIONS[-1]
    made = {name for name in names(engine) if name.startswith(given._prefix)}
    assert len(made) == 2
    given.stop()
    assert not names(engine) & made
    assert before & names(engine)
    engine.dispose()
