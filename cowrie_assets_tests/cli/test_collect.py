"""`cowrie-assets collect` by machines that have the rights of deploy/postgresql/roles.sql and nothing more."""

import gzip
import itertools
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError

from cowrie_assets.health.doctor import doctor
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.seal import seal
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.errors import WarehouseError
from cowrie_assets_tests import tables
from cowrie_assets_tests.cli.conftest import Cowrie, Outcome, cowrie  # noqa: F401  (a fixture)
from cowrie_assets_tests.databases import Databases

ROLES = Path(__file__).parents[2] / "deploy" / "postgresql" / "roles.sql"
_NUMBERS = itertools.count(1)
Login = Callable[[str], str]
_FULL = """
CREATE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER is_full BEFORE INSERT ON logs FOR EACH STATEMENT EXECUTE FUNCTION is_full()
"""


@pytest.fixture
def central(databases: Databases) -> Iterator[URL]:
    """A PostgreSQL with tables and the roles; its owner's URL."""
    url = databases.postgres.new()
    give_roles(url)
    yield make_url(url)
    databases.postgres.drop(url)


def give_roles(url: str) -> None:
    """As psql runs the file."""
    engine = create_engine(url)
    with engine.connect() as connection:
        cursor = connection.connection.driver_connection
        assert cursor is not None
        cursor.autocommit = True
        cursor.execute(ROLES.read_text())
    engine.dispose()


@pytest.fixture
def login(central: URL) -> Iterator[Login]:
    """Makes a login that is a member of one of the roles, and gives its URL."""
    engine = create_engine(central, isolation_level="AUTOCOMMIT")
    made: list[str] = []

    def make(role: str) -> str:
        made.append(f"machine_{os.getpid()}_{next(_NUMBERS)}")
        _do(engine, f"CREATE ROLE {made[-1]} LOGIN PASSWORD 'hidden-word' IN ROLE {role}")
        return central.set(username=made[-1], password="hidden-word").render_as_string(hide_password=False)

    yield make
    for name in made:
        _do(engine, f"DROP OWNED BY {name}; DROP ROLE {name}")
    engine.dispose()


def _do(engine: Engine, statements: str) -> None:
    with engine.connect() as connection:
        for statement in statements.split(";"):
            connection.execute(text(statement))


class Machine:
    """A machine with logs of its own."""

    def __init__(self, name: str, root: Path, url: str, cowrie: Cowrie, patch: pytest.MonkeyPatch) -> None:  # noqa: F811
        self.name, self.root, self.url = name, root, url
        self._cowrie, self._patch = cowrie, patch
        root.mkdir()

    @property
    def environment(self) -> dict[str, str]:
        return {
            "COWRIE_LOG_ROOT": str(self.root),
            "COWRIE_DATABASE_URL": self.url,
            "COWRIE_COLLECTOR": self.name,
        }

    def run(self, *arguments: object) -> Outcome:
        for name, value in self.environment.items():
            self._patch.setenv(name, value)
        return self._cowrie(*arguments)

    def collects(self) -> str:
        outcome = self.run("collect")
        assert outcome.code == 0, outcome.err
        return outcome.out


@pytest.fixture
def machine(cowrie: Cowrie, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str, str], Machine]:  # noqa: F811
    """Makes a machine of a name that has a database's URL."""
    return lambda name, url: Machine(name, tmp_path / name, url, cowrie, monkeypatch)


def test_machines_store_each_event_once(
    central: URL,
    login: Login,
    machine: Callable[[str, str], Machine],
    sample_logs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One machine has a copy of a log of the other's; a log grows, has a broken line and is compressed. One names a
    file of rules that cannot be used, which is nothing to it. The tables are those of one load of everything on
    SQLite."""
    url = login("cowrie_collector")
    paris, oslo = machine("paris", url), machine("oslo", url)
    first, second = sorted(path for path in sample_logs.iterdir() if path.is_dir())[:2]
    shutil.copytree(first, paris.root / first.name)
    shutil.copytree(second, paris.root / second.name)
    shutil.copytree(first, oslo.root / first.name)
    growing = max((paris.root / second.name).glob("cowrie.json*"))
    whole = growing.read_bytes()
    growing.write_bytes(whole[: len(whole) // 2])
    assert "events inserted" in paris.collects()
    growing.write_bytes(whole + b"no event\n")
    assert re.search(r"dead letters +1$", paris.collects(), re.MULTILINE)
    growing.with_name(growing.name + ".gz").write_bytes(gzip.compress(growing.read_bytes()))
    growing.unlink()
    paris.collects()
    monkeypatch.setenv("COWRIE_RULES_FILE", str(tmp_path / "missing.toml"))
    assert re.search(r"events inserted +0$", oslo.collects(), re.MULTILINE)
    assert "Nothing new" in oslo.collects()

    settings = Settings(log_root=paris.root, database_url=f"sqlite:///{tmp_path}/alone.db", report_dir=tmp_path)
    with Warehouse.open(settings.database_url) as alone, opened(central) as together:
        ingest(alone, settings)
        refresh(together)
        assert tables.contents(together) == tables.contents(alone)


def test_what_comes_behind_a_seal(
    central: URL, login: Login, machine: Callable[[str, str], Machine], sample_logs: Path
) -> None:
    """A role that removes nothing keeps late events, and stores none of a sealed day twice."""
    paris = machine("paris", login("cowrie_collector"))
    sensor = min(path for path in sample_logs.iterdir() if path.is_dir())
    logs = sorted(path for path in sensor.iterdir() if path.is_file())
    folder = paris.root / sensor.name
    folder.mkdir()
    lines = logs[0].read_bytes().splitlines(keepends=True)
    (folder / "cowrie.json.2026-01-01").write_bytes(b"".join(lines[:-3]))
    paris.collects()
    with opened(central) as warehouse:
        refresh(warehouse)
        seal(warehouse, None, date(2026, 9, 30))
        assert tables.rows(warehouse, "sealed_days")
    (folder / "cowrie.json.2026-01-01").write_bytes(b"".join(lines))
    assert "late" in paris.collects()


def test_collectors_go_on_while_the_server_is_away(
    login: Login, machine: Callable[[str, str], Machine], sample_logs: Path
) -> None:
    """`--every` waits for a server, says so once, and ends at SIGTERM with exit code 0."""
    paris = machine("paris", login("cowrie_collector"))
    shutil.copytree(sample_logs, paris.root / "logs")
    away = make_url(paris.url).update_query_dict({"host": str(paris.root)}).render_as_string(hide_password=False)
    process = subprocess.Popen(
        [sys.executable, "-c", "from cowrie_assets.cli import main; main()", "collect", "--every", "1"],
        env=os.environ | paris.environment | {"COWRIE_DATABASE_URL": away},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    said = process.stderr.readline()
    assert said.startswith("Warning: the database ") and "the next look is in" in said and "hidden-word" not in said
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=240)
    assert (process.returncode, "Stopped." in out, err) == (0, True, "")


def test_collectors_wait_for_room_on_the_disk_of_the_server(
    central: URL, login: Login, machine: Callable[[str, str], Machine], sample_logs: Path
) -> None:
    """Nothing of what they were to store is lost; the driver's own words about it are told nobody."""
    paris = machine("paris", login("cowrie_collector"))
    shutil.copytree(sample_logs, paris.root / "logs")
    engine = create_engine(central, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(_FULL)
    process = subprocess.Popen(
        [sys.executable, "-c", "from cowrie_assets.cli import main; main()", "collect", "--every", "1"],
        env=os.environ | paris.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None and process.stdout is not None
    assert re.match(r"Warning: the database .* is full: make room .* the next look is in", process.stderr.readline())
    _do(engine, "DROP TRIGGER is_full ON logs")
    engine.dispose()
    assert re.match(r"[\d,]+ lines of \d+ logs", process.stdout.readline())
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")


def test_what_each_role_may(
    central: URL, login: Login, machine: Callable[[str, str], Machine], sample_logs: Path
) -> None:
    paris = machine("paris", login("cowrie_collector"))
    shutil.copytree(sample_logs, paris.root / "logs")
    paris.collects()
    assert "Error" in paris.run("report", "daily", "2026-08-31").err
    writer = machine("writer", login("cowrie_writer"))
    for command in (("ingest", paris.root), ("report", "daily", "2026-08-31"), ("rebuild",), ("validate",)):
        outcome = writer.run(*command)
        assert outcome.code == 0, outcome.err
    reader = machine("reader", login("cowrie_reader"))
    assert reader.run("report", "daily", "2026-08-31").json["sessions"]["total"] > 0
    assert "lacks" in reader.run("rebuild").err
    for url, denied in (
        (paris.url, ("DELETE FROM events", "UPDATE events SET payload = 'x'", "SELECT * FROM verdict_facts",
                     "DROP TABLE events", "CREATE TABLE mine (x int)", "UPDATE alembic_version SET version_num = 'x'",
                     "SELECT add_partition_of_events(0, 86400)")),
        (writer.url, ("DROP TABLE events", "UPDATE alembic_version SET version_num = 'x'")),
        (reader.url, ("INSERT INTO sensors (name) VALUES ('x')", "SELECT add_partition_of_events(0, 2678400)")),
    ):  # fmt: skip
        engine = create_engine(url)
        for statement in denied:
            with pytest.raises(DBAPIError, match=r"denied|must be owner|whole months"), engine.begin() as connection:
                connection.execute(text(statement))
        engine.dispose()
    findings = [each for each in doctor({"COWRIE_DATABASE_URL": writer.url}) if each.subject == "database"]
    assert {each.level for each in findings} == {"ok"}, findings


def test_what_a_machine_must_have(cowrie: Cowrie, monkeypatch: pytest.MonkeyPatch, central: URL) -> None:  # noqa: F811
    assert 'what "hostname -s" says' in cowrie("collect").err
    monkeypatch.setenv("COWRIE_COLLECTOR", "paris")
    assert "COWRIE_DATABASE_URL names a file" in cowrie("collect").err
    monkeypatch.setenv("COWRIE_DATABASE_URL", central.render_as_string(hide_password=False))
    monkeypatch.setenv("COWRIE_LOG_ROOT", "/nowhere")
    outcome = cowrie("collect")
    assert outcome.code == 1 and "/nowhere" in outcome.err


def test_encryption_that_a_url_demands_is_demanded() -> None:
    """A server that has none gets neither the user's name nor the password."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def refuse() -> None:
            connection, _ = server.accept()
            with connection:
                heard.append(connection.recv(8))
                connection.sendall(b"N")
                heard.append(connection.recv(100))

        answering = threading.Thread(target=refuse)
        answering.start()
        url = f"postgresql://paris:hidden-word@127.0.0.1:{server.getsockname()[1]}/cowrie?sslmode=require"
        with pytest.raises(WarehouseError, match="no encrypted connection comes about"):
            Warehouse.connect(url)
        answering.join()
    length, ssl_request = 8, 80877103
    assert heard == [struct.pack("!II", length, ssl_request), b""]


@contextmanager
def opened(url: URL) -> Iterator[Warehouse]:
    with Warehouse.open(url.render_as_string(hide_password=False)) as warehouse:
        yield warehouse
