"""One warehouse an engine for all tests of a folder: each test stores its own facts in place of what is there."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from cowrie_assets.warehouse.engine import Warehouse

_FOLDERS = itertools.count(1)


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def warehouse(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    if request.param == "postgresql":
        url = _own_database(request)
    else:
        url = f"sqlite:///{tmp_path_factory.mktemp('reports') / 'warehouse.db'}"
    with Warehouse.open(url) as opened:
        yield opened


def _own_database(request: pytest.FixtureRequest) -> str:
    server = request.getfixturevalue("postgres_server")
    maintenance = create_engine(server, isolation_level="AUTOCOMMIT")
    name = f"reports_{next(_FOLDERS)}"
    with maintenance.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    maintenance.dispose()
    return str(server.set(database=name).render_as_string(hide_password=False))


@pytest.fixture
def report_dir(tmp_path: Path) -> Path:
    return tmp_path / "reports"
