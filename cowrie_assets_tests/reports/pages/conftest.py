"""Real sessions in a warehouse on each engine, loaded once."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from cowrie_assets.operations.ingest import ingest
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.databases import ENGINES, Databases, Engine


@pytest.fixture(scope="package")
def loaded(
    databases: Databases, sample_logs: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Engine], Warehouse]]:
    """The warehouse of an engine that holds the sample."""
    with ExitStack() as opened:

        @cache
        def of(engine: Engine) -> Warehouse:
            url = databases.new(engine, tmp_path_factory.mktemp("pages"))
            warehouse = opened.enter_context(Warehouse.open(url))
            ingest(warehouse, Settings(log_root=sample_logs, database_url=url))
            return warehouse

        yield of


@pytest.fixture(params=ENGINES)
def sample(request: pytest.FixtureRequest, loaded: Callable[[Engine], Warehouse]) -> Warehouse:
    return loaded(request.param)


@pytest.fixture
def warehouse(database_url: str) -> Iterator[Warehouse]:
    """A warehouse of the test's own, empty, on each engine."""
    with Warehouse.open(database_url) as opened:
        yield opened
