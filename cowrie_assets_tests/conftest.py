"""What tests of every part share: the logs they read, the databases they fill, an environment of their own."""

import gc
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from sqlalchemy.engine import URL

from cowrie_assets.clock import US_PER_DAY, US_PER_SECOND, now_us, today
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.compiled_once import compile_once
from cowrie_assets_tests.databases import ENGINES, Databases, Postgres, SQLite
from cowrie_assets_tests.truth import REAL_LOGS, RealLogs, copied

_TESTS = Path(__file__).parent
_POSTGRES = pytest.StashKey[Postgres]()
_SERVER = os.environ.get("COWRIE_TEST_POSTGRES_URL", "")
_PICTURES = os.environ.get("COWRIE_TEST_PICTURES")
_LONGEST = (
    "test_ui.py",
    "test_demo.py",
    "test_truth.py",
    "test_servers.py",
    "test_checks.py",
    "test_written.py",
    "test_mending.py",
    "test_sensors.py",
    "test_reconcile.py",
    "test_prune.py",
    "test_seal.py",
    "test_released.py",
    "test_documents.py",
    "test_broken_settings.py",
    "test_crash.py",
    "test_framing.py",
)

gc.disable()  # nothing of what is imported and collected goes: `pytest_collection_finish` switches it on
compile_once()
hypothesis.settings.register_profile("any machine", deadline=None, max_examples=25)
hypothesis.settings.register_profile("soak", deadline=None, max_examples=5000)
hypothesis.settings.load_profile("any machine")  # how long an example takes says how busy the machine is


for _name in [name for name in os.environ if name.startswith("COWRIE_") and not name.startswith("COWRIE_TEST_")]:
    del os.environ[_name]  # fixtures that live longer than a test see none of them either


def pytest_configure(config: pytest.Config) -> None:
    """The controller of a run says where PostgreSQL is, and its workers take it from there."""
    given = getattr(config, "workerinput", {}).get("postgres_folder")
    config.stash[_POSTGRES] = Postgres(Path(given or tempfile.mkdtemp(prefix="cowrie_assets_pg_")), given=_SERVER)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["postgres_folder"] = str(node.config.stash[_POSTGRES].folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.stash[_POSTGRES].stop()


def pytest_collection(session: pytest.Session) -> None:
    """On a fresh clone pytest takes longer to compile the tests than to load them. So workers that are to run all of
    them load them in another order each: a worker finds compiled what the others had first."""
    given = getattr(session.config, "workerinput", {})
    if given and session.config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        files = sorted(_TESTS.rglob("test_*.py"))
        begin = len(files) * int(given["workerid"].removeprefix("gw")) // given["workercount"]
        for file in files[begin:] + files[:begin]:
            with suppress(Exception, pytest.skip.Exception):  # the collection tells it
                import_module(".".join(file.relative_to(_TESTS.parent).with_suffix("").parts))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is marked `sqlite_first` runs on PostgreSQL in the soak, but for tests of such a module that are marked
    `on_both_engines`. The files that take longest go first, the longest before the others, so that of several workers
    none has long to go when the others are done."""
    for item in items:
        chosen = getattr(item, "callspec", None)
        left = item.get_closest_marker("sqlite_first") and not item.get_closest_marker("on_both_engines")
        if chosen and left and "postgresql" in chosen.params.values():
            item.add_marker(pytest.mark.soak)
    first = {name: place for place, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: first.get(item.path.name, len(first)))


def pytest_collection_finish() -> None:
    """What was imported and collected lives until the end: the garbage collector need not go through it each time."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def no_settings_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test sees the `COWRIE_*` it sets itself and none of the user's."""
    for name in [name for name in os.environ if name.startswith("COWRIE_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def sample_logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped sample: 181 whole sessions of two real sensors; `sample_truth.json` counts them by day and sensor."""
    return copied(_TESTS / "sample_logs", tmp_path_factory.mktemp("sample") / "logs")


@pytest.fixture(scope="session")
def real_logs_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], RealLogs]:
    """Real logs by their name in `REAL_LOGS`, for fixtures with parameters of their own."""
    folder = tmp_path_factory.mktemp("real_logs")
    return cache(lambda name: RealLogs.of(name, folder))


@pytest.fixture(
    scope="session",
    params=[pytest.param(name, marks=pytest.mark.soak if name == "whole" else ()) for name in REAL_LOGS],
)
def real_logs(request: pytest.FixtureRequest, real_logs_of: Callable[[str], RealLogs]) -> RealLogs:
    """Real logs with the truth about them: the project's share; in the soak the whole, too, where
    `COWRIE_TEST_SHARED` names it."""
    return real_logs_of(request.param)


@pytest.fixture
def one_day() -> date:
    """The UTC day that runs, and goes on for a minute at least: a test that begins close to midnight waits for it."""
    left = US_PER_DAY - now_us() % US_PER_DAY
    if left < 60 * US_PER_SECOND:
        time.sleep(left / US_PER_SECOND + 0.1)
    return today()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures of pages go: the folder named by `COWRIE_TEST_PICTURES`, or else one of pytest's own."""
    folder = Path(_PICTURES) if _PICTURES else tmp_path_factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def picture() -> Callable[[Any, str], None]:
    """`picture(page, name)` takes a picture where `COWRIE_TEST_PICTURES` names a folder; none costs time elsewhere."""

    def take(page: Any, name: str) -> None:
        if _PICTURES:
            page.wait_for_timeout(2000)  # what a page draws with motion is at rest then
            page.screenshot(path=Path(_PICTURES) / name)

    return take


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder with 48 kB of room."""
    folder = tmp_path / "small disk"
    folder.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=48k", "tmpfs", folder], capture_output=True, check=False
    )
    if mount.returncode:
        pytest.skip("a small disk takes the right to mount one")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.fixture
def sample_settings(sample_logs: Path, tmp_path: Path) -> Settings:
    """Settings that load the sample into a fresh SQLite file below `tmp_path`."""
    return Settings(
        log_root=sample_logs,
        database_url=f"sqlite:///{tmp_path / 'warehouse.db'}",
        report_dir=tmp_path / "reports",
    )


@pytest.fixture(scope="session")
def databases(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """New databases of either engine, for fixtures that keep one longer than a test."""
    return Databases(SQLite(tmp_path_factory.mktemp("databases")), pytestconfig.stash[_POSTGRES])


@pytest.fixture(scope="session")
def postgres_server(databases: Databases) -> URL:
    """The one real PostgreSQL of a run, over a socket: the URL of its maintenance database, which stays empty.

    All workers share it: what is not inside a database of the test's own (a role) needs a name of its own.
    """
    return databases.postgres.url


@pytest.fixture
def postgres_url(databases: Databases) -> Iterator[str]:
    """A PostgreSQL database of the test's own, with all tables."""
    url = databases.postgres.new()
    yield url
    databases.postgres.drop(url)


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> str:
    """A database of the test's own with all tables and no row, on each engine."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return databases.sqlite.new(tmp_path / "warehouse.db")


@pytest.fixture(params=ENGINES)
def empty_database_url(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[str]:
    """A database of the test's own without any table, on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    url = databases.postgres.new(empty=True)
    yield url
    databases.postgres.drop(url)


@pytest.fixture
def warehouse(database_url: str) -> Iterator[Warehouse]:
    """An open warehouse with empty tables, on each engine."""
    with Warehouse.open(database_url) as opened:
        yield opened
