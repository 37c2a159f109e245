"""A database URL is read strictly; nothing of a password shows, wherever the URL is split at the wrong place."""

from pathlib import Path

import pytest

from cowrie_assets.database_url import DatabaseUrlError, read_database_url, url_for_people
from cowrie_assets.health.doctor import doctor
from cowrie_assets.operations.database_file import sqlite_file
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.errors import WarehouseError

WRONG = [
    "postgresql://u:hidden@word@127.0.0.1:1/db",
    "postgresql://u:hi@den/word@127.0.0.1:1/db",
    "postgresql://u:hi@dden?word@127.0.0.1:1/db",
    "postgresql://u:hi@dden#word@127.0.0.1:1/db",
    "postgres://u:hi@[dden:word@127.0.0.1:1/db",
    "postgresql+psycopg://u/x:hidden@127.0.0.1:1/db",
    "postgresql://127.0.0.1:1/db?user=a@b&password=hidden-word",
    "postgresql://127.0.0.1:1/db?password=hidden@word",
    "postgresql://u:hidden-word@127.0.0.1:54x32/db",
    "postgresql://u:hidden-word@127.0.0.1:70000/db",
    "postgresql://u:hidden-word@127.0.0.1:0/db",
    "postgresql://u:hidden-word/db",
    "postgresql+psycopg2://u:hidden-word@127.0.0.1:1/db",
    "postgresql+asyncpg://u:hidden-word@127.0.0.1:1/db",
    "sqlite+aiosqlite:////tmp/hidden-word.db",
    "hidden-word",
]
RIGHT_BUT_DOWN = [
    "postgresql://u:hidden/word@127.0.0.1:1/db",
    "postgresql://u:hidden%40word@127.0.0.1:1/db",
    "postgresql://u:hidden:word#%zz@127.0.0.1:1/db",
    "postgresql://127.0.0.1:1/db?sslpassword=hidden-word",
    "postgresql://127.0.0.1/db?port=hidden-word",
    "postgresql://127.0.0.1:1/db?sslmode=hidden-word",
    "postgresql://127.0.0.1:1/db?connect_timeout=hidden-word",
    "postgresql://127.0.0.1:1/db?hidden-word=1",
]
PARTS = ("hid", "den", "word", "54x", "70000", "%40")


@pytest.mark.parametrize("url", [*WRONG, *RIGHT_BUT_DOWN])
def test_nothing_of_a_password_shows(url: str, tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match=r"cannot be opened|is no SQLAlchemy URL") as refused:
        Warehouse.open(url)
    findings = doctor({"COWRIE_DATABASE_URL": url, "COWRIE_REPORT_DIR": str(tmp_path)})
    told = [finding for finding in findings if finding.subject == "database"]
    assert [finding.level for finding in told] == ["error"]
    shown = [str(refused.value), told[0].message]
    encoded = "a password that holds @ / : % # or ? is written percent-encoded there (@ is %40, / is %2F, % is %25)"
    assert not [text for text in shown if any(part in text.replace(encoded, "") for part in PARTS)]


@pytest.mark.parametrize("url", WRONG)
def test_what_is_refused_before_it_is_used(url: str) -> None:
    with pytest.raises(DatabaseUrlError):
        read_database_url(url)
    assert sqlite_file(url) is None


def test_what_is_read() -> None:
    assert read_database_url("postgres://u@h/db").drivername == "postgresql+psycopg"
    assert sqlite_file("sqlite:////srv/a@b/c@d.db") == Path("/srv/a@b/c@d.db")
    assert url_for_people(read_database_url("postgresql://u:p@h:5432/db")) == "postgresql+psycopg://u:***@h:5432/db"


def test_a_port_without_a_user_may_be_a_password_without_a_host() -> None:
    assert url_for_people(read_database_url("postgresql://u:2718/db")) == "postgresql+psycopg://u/db"
