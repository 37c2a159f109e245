"""Connections that cannot write, and whose questions end in time."""

import time
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, event

from cowrie_assets.warehouse.apsw_dbapi import Connection as ApswConnection

if TYPE_CHECKING:
    import psycopg

_STEPS = 10_000
"""Of SQLite's virtual machine between two looks at the clock: some milliseconds at most."""


def restrict(engine: Engine, seconds: float) -> None:
    """Have every connection that `engine` opens from now on refuse to write, and end what takes longer than `seconds`:
    on SQLite a transaction, on PostgreSQL a statement."""
    if engine.dialect.name == "sqlite":
        _restrict_sqlite(engine, seconds)
    else:
        _restrict_postgresql(engine, seconds)


def _restrict_sqlite(engine: Engine, seconds: float) -> None:
    def on_connect(connection: ApswConnection, _record: object) -> None:
        connection.execute("PRAGMA query_only=ON")

    def on_begin(connection: Connection) -> None:
        deadline = time.monotonic() + seconds
        driver = connection.connection.driver_connection
        if isinstance(driver, ApswConnection):
            driver.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin, insert=True)  # the deadline of the transaction before is over


def _restrict_postgresql(engine: Engine, seconds: float) -> None:
    def on_connect(connection: "psycopg.Connection", _record: object) -> None:
        usual = connection.autocommit
        connection.autocommit = True
        connection.execute("SET default_transaction_read_only = on")
        connection.execute(f"SET statement_timeout = {round(seconds * 1000)}")
        connection.autocommit = usual

    event.listen(engine, "connect", on_connect)
