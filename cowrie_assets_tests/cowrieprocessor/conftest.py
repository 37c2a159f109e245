"""Databases of the older tool on either engine, and warehouses to bring them into."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from cowrie_assets_tests.cowrieprocessor.older import Older
from cowrie_assets_tests.databases import ENGINES, Databases

MakeOlder = Callable[[int], Older]
Named = Callable[[Older], str]


@pytest.fixture(params=ENGINES)
def make_older(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[MakeOlder]:
    """Makes databases of a version of that tool's schema, on each engine."""
    made: list[str] = []

    def make(version: int) -> Older:
        if request.param == "sqlite":
            return Older(str(tmp_path / f"cowrieprocessor_{len(made)}.sqlite"), version).make()
        made.append(databases.postgres.new(empty=True))
        return Older(made[-1], version).make()

    yield make
    for url in made:
        databases.postgres.drop(url)


@pytest.fixture
def reference(monkeypatch: pytest.MonkeyPatch) -> Named:
    """How a database is named to a command: PostgreSQL by a reference to its URL."""

    def name(older: Older) -> str:
        if older.engine == "sqlite":
            return older.place
        variable = f"OLDER_{make_url(older.place).database}".upper()
        monkeypatch.setenv(variable, older.place)
        return f"env:{variable}"

    return name
