"""Views are made anew where their text changed, whatever the revision; who may not make them uses those that stand."""

import logging
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from cowrie_assets.warehouse import versions
from cowrie_assets.warehouse import views as module
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.views import VIEWS, are_current


@pytest.fixture
def stale(warehouse: Warehouse) -> Warehouse:
    """A warehouse in which one view has the text of other code."""
    with warehouse.write() as connection:
        connection.execute(text("DROP VIEW login_stats"))
        connection.execute(text("CREATE VIEW login_stats AS SELECT 1 AS number"))
    assert not current(warehouse)
    return warehouse


def current(warehouse: Warehouse) -> bool:
    with warehouse.read() as connection:
        return are_current(connection)


def test_a_new_database_has_the_views_of_this_code(warehouse: Warehouse) -> None:
    assert current(warehouse)


@pytest.mark.parametrize("way", ["opening", "upgrade"])
def test_a_view_of_another_text_is_made_anew(stale: Warehouse, database_url: str, way: str) -> None:
    if way == "upgrade":
        versions.upgrade(stale)
    else:
        Warehouse.open(database_url).close()
    assert current(stale)
    with stale.read() as connection:
        assert "attempts" in connection.execute(text("SELECT * FROM login_stats")).keys()  # noqa: SIM118


def test_what_only_looks_makes_no_views(stale: Warehouse, database_url: str) -> None:
    Warehouse.open(database_url, create=False).close()
    assert not current(stale)


def test_views_that_are_current_are_not_made_anew(
    warehouse: Warehouse, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "_renew_views", lambda _: pytest.fail("made anew"))
    Warehouse.open(database_url).close()
    versions.upgrade(warehouse)


@pytest.fixture
def reader(postgres_url: str) -> Iterator[str]:
    """The URL of a role that may read every table and view of a PostgreSQL database, and change nothing."""
    name = f"only_reads_{make_url(postgres_url).database}"
    master = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with master.connect() as connection:
        connection.execute(text(f"CREATE ROLE {name} LOGIN PASSWORD 'hidden-word'"))
        connection.execute(text(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}"))
    yield make_url(postgres_url).set(username=name, password="hidden-word").render_as_string(hide_password=False)
    with master.connect() as connection:
        connection.execute(text(f"DROP OWNED BY {name}"))
        connection.execute(text(f"DROP ROLE {name}"))
    master.dispose()


def test_a_role_that_only_reads_keeps_its_rights_and_can_open_what_is_stale(
    postgres_url: str, reader: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(module, "_mark", lambda view, _: f"cowrie_assets {view}")
        with caplog.at_level(logging.WARNING), Warehouse.open(reader) as opened, opened.read() as connection:
            assert connection.execute(text("SELECT COUNT(*) FROM raw_events")).scalar() == 0
        assert "`cowrie-assets db upgrade` does it" in caplog.text
        assert "hidden-word" not in caplog.text
        Warehouse.open(postgres_url).close()
        with Warehouse.connect(postgres_url) as warehouse:
            assert current(warehouse)
    caplog.clear()
    Warehouse.open(postgres_url).close()
    with Warehouse.open(reader) as opened, opened.read() as connection:
        for view in VIEWS:
            assert connection.execute(text(f"SELECT COUNT(*) FROM {view}")).scalar() == 0
    assert caplog.text == ""
