"""What a PostgreSQL role, or its database, may lack: one sentence each, from `doctor` too, and exit code 1."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

from cowrie_assets.health.doctor import doctor
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.errors import WarehouseError
from cowrie_assets.warehouse.traces import remove_traces
from cowrie_assets_tests.cli.conftest import Cowrie, cowrie  # noqa: F401  (a fixture)
from cowrie_assets_tests.databases import Databases

Role = Callable[..., URL]
_NUMBERS = itertools.count(1)


@pytest.fixture
def postgres_url(databases: Databases) -> Iterator[str]:
    """A PostgreSQL database of the test's own without any table: a role may lack what its tables need."""
    url = databases.postgres.new(empty=True)
    yield url
    databases.postgres.drop(url)


@pytest.fixture
def role(postgres_url: str) -> Iterator[Role]:
    """Makes a role that may log in, runs statements about it as its master, and gives the URL of the role."""
    url = make_url(postgres_url)
    master = create_engine(url, isolation_level="AUTOCOMMIT")
    made: list[str] = []

    def make(*statements: str, login: bool = True) -> URL:
        name = f"weak_{next(_NUMBERS)}"
        made.append(name)
        with master.connect() as connection:
            connection.execute(text(f"CREATE ROLE {name} {'LOGIN' if login else 'NOLOGIN'} PASSWORD 'hidden-word'"))
            for statement in statements:
                connection.execute(text(statement.format(role=name, database=url.database)))
        return url.set(username=name, password="hidden-word")

    yield make
    with master.connect() as connection:
        for name in made:
            connection.execute(text(f"DROP OWNED BY {name}"))
            connection.execute(text(f"DROP ROLE {name}"))
    master.dispose()


def refusals(url: URL, cowrie: Cowrie, monkeypatch: pytest.MonkeyPatch, *command: object) -> tuple[str, str]:  # noqa: F811
    """What a command, and `doctor`, say of the database."""
    written = url.render_as_string(hide_password=False)
    monkeypatch.setenv("COWRIE_DATABASE_URL", written)
    outcome = cowrie(*command)
    assert outcome.code == 1
    errors = [line for line in outcome.err.splitlines() if line.startswith("Error: ")]
    assert len(errors) == 1 and "Traceback" not in outcome.err
    told = [finding for finding in doctor({"COWRIE_DATABASE_URL": written}) if finding.subject == "database"]
    assert {finding.level for finding in told} - {"ok"} == {"error"}
    said = " ".join(finding.message for finding in told)
    assert "hidden-word" not in outcome.err + outcome.out + said
    return errors[0], said


CASES = {
    "no schema": ((), "GRANT USAGE, CREATE ON SCHEMA"),
    "read-only": (("ALTER ROLE {role} SET default_transaction_read_only = on",), "read-only"),
    "no temporary tables": (
        ("GRANT ALL ON SCHEMA public TO {role}", "REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC"),
        "GRANT TEMPORARY",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_role_that_lacks_a_right_on_an_empty_database(
    case: str,
    role: Role,
    cowrie: Cowrie,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    sample_logs: Path,
) -> None:
    statements, words = CASES[case]
    monkeypatch.setenv("COWRIE_LOG_ROOT", str(sample_logs / "hp-fra-01"))
    for said in refusals(role(*statements), cowrie, monkeypatch, "ingest"):
        assert words in said


def test_a_role_without_rights_on_the_tables(
    role: Role,
    cowrie: Cowrie,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    postgres_url: str,
) -> None:
    Warehouse.open(postgres_url).close()
    other = role()
    for said in refusals(other, cowrie, monkeypatch, "status"):
        assert "permission denied for table" in said
    with Warehouse.connect(other.render_as_string(hide_password=False)) as warehouse:
        assert not remove_traces(warehouse), "what PostgreSQL passes over with a warning is not told as done"


def test_a_role_that_only_reads(
    role: Role,
    cowrie: Cowrie,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    postgres_url: str,
    sample_settings: Settings,
) -> None:
    """It reports; it does not load."""
    with Warehouse.open(postgres_url) as warehouse:
        ingest(warehouse, sample_settings)
    reader = role("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
    monkeypatch.setenv("COWRIE_LOG_ROOT", str(sample_settings.log_root))
    command, said = refusals(reader, cowrie, monkeypatch, "rebuild")
    assert "lacks" in command
    assert "does not own the tables" in said
    assert cowrie("report", "daily", "2026-08-31").json["sessions"]["total"] > 0
    assert cowrie("validate").code == 0
    maintained = cowrie("db", "maintain", "--full")
    assert maintained.code == 1
    assert "may not maintain" in maintained.err and " vacuumed" not in maintained.out


def test_roles_and_databases_that_are_not_there(
    role: Role,
    cowrie: Cowrie,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for url, words in (
        (role(login=False), "may not log in"),
        (role().set(username="nobody-here"), "no such role"),
        (role().set(database="nowhere"), "no such database"),
        (role("REVOKE CONNECT ON DATABASE {database} FROM PUBLIC"), "GRANT CONNECT"),
    ):
        for said in refusals(url, cowrie, monkeypatch, "status"):
            assert words in said


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_an_encoding_that_does_not_hold_every_text(
    encoding: str,
    postgres_server: URL,
    cowrie: Cowrie,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = f"encoded_{encoding.lower()}"
    master = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with master.connect() as connection:
        made = f"CREATE DATABASE {name} ENCODING '{encoding}' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
        connection.execute(text(made))
    try:
        for said in refusals(postgres_server.set(database=name), cowrie, monkeypatch, "ingest"):
            assert f"has the encoding {encoding}" in said and "ENCODING 'UTF8'" in said
    finally:
        with master.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        master.dispose()


def test_what_a_copy_refuses_quotes_no_row(postgres_url: str) -> None:
    """The server's words on a COPY hold the row, which an attacker wrote."""
    from cowrie_assets.warehouse.bulk_insert import insert_rows

    row = (1, b"x", "an attacker's words")
    with (
        Warehouse.open(postgres_url) as warehouse,
        pytest.raises(WarehouseError) as refused,
        warehouse.write() as connection,
    ):
        connection.execute(text("SET LOCAL transaction_read_only = on"))
        insert_rows(connection, "texts", ("id", "digest", "text"), [row])
    assert "read-only" in str(refused.value)
    assert refused.value.__suppress_context__ and "attacker" not in str(refused.value)
