"""What the golden tests share: logs, the warehouses they are loaded into."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from cowrie_assets.operations.ingest import ingest
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.databases import Databases, Engine
from cowrie_assets_tests.reports.golden.evidence import read_logs
from cowrie_assets_tests.reports.golden.loaded import Corpus, Loaded

Load = Callable[..., Loaded]
"""`load(engine, corpus, *paths)`: all of the corpus at once, or path after path."""
CorpusOf = Callable[[Path], Corpus]


@pytest.fixture(scope="package")
def load(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Load]:
    """Loads a corpus into a database of its own on an engine (`sqlite`, `postgresql`); once, whoever asks."""
    warehouses: dict[tuple[str, Path, tuple[Path, ...]], Warehouse] = {}
    with ExitStack() as opened:

        def loaded(engine: Engine, corpus: Corpus, *paths: Path) -> Loaded:
            key = engine, corpus.root, paths
            if key not in warehouses:
                url = databases.new(engine, tmp_path_factory.mktemp("golden"))
                warehouses[key] = opened.enter_context(Warehouse.open(url))
                for path in paths or (corpus.root,):
                    ingest(warehouses[key], Settings(database_url=url), paths=[path])
            return Loaded(corpus, warehouses[key])

        yield loaded


@pytest.fixture(scope="package")
def corpus_of() -> CorpusOf:
    """What lies in a folder of logs; read once, whoever asks."""
    return cache(lambda root: Corpus(root, read_logs(root)))


@pytest.fixture(scope="package")
def sample(sample_logs: Path, corpus_of: CorpusOf) -> Corpus:
    return corpus_of(sample_logs)
