"""Which worker has a run, and when its process was last heard of: a row a run, in Dagster's PostgreSQL.

All times are the database's own: the clocks of the machines have no part in it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import dagster as dg
from dagster_postgres.run_storage import PostgresRunStorage
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from cowrie_assets.errors import SettingsError
from cowrie_assets.warehouse.sql import statement

_CONNECTION = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "options": "-c statement_timeout=10s -c lock_timeout=10s",
    "application_name": "cowrie_assets: heartbeat of a run",
}
"""A beat fails within ten seconds where the network is cut, and the next one tries anew; left to TCP, it could come
minutes behind the network."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Of a run that a worker claimed."""

    worker: str
    """The worker's name: `NAME@HOST`."""
    process: int
    """The number of the run's process on that host."""
    seconds_ago: float
    """Since the last beat, by the database's clock."""


class RunHeartbeats:
    """The heartbeats of all runs of an instance. Raises SettingsError where Dagster's storage is no PostgreSQL; the
    methods raise SQLAlchemy's errors."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        storage = instance.run_storage
        if not isinstance(storage, PostgresRunStorage):
            raise SettingsError(
                f"Dagster keeps its runs in {type(storage).__name__}, which other machines cannot reach: workers need "
                "`storage: postgres:` in dagster.yaml"
            )
        self._engine = create_engine(storage.postgres_url, poolclass=NullPool, connect_args=_CONNECTION)

    def prepare(self) -> None:
        """Make the table where it is missing, and forget what is too old to be of a run in work."""
        with self._transaction() as connection:
            connection.execute(statement("orchestration/lock_run_heartbeats"))
            connection.execute(statement("orchestration/make_run_heartbeats"))
            connection.execute(statement("orchestration/forget_heartbeats"))

    def claim(self, run_id: str, worker: str, process: int) -> bool:
        """Whether the run is this process' own now; a run that anyone claimed before is not."""
        binds = {"run_id": run_id, "worker": worker, "process": process}
        with self._transaction() as connection:
            return connection.execute(statement("orchestration/claim_run"), binds).rowcount == 1

    def beat(self, run_id: str) -> None:
        """Say that the run's process lives."""
        with self._transaction() as connection:
            connection.execute(statement("orchestration/beat"), {"run_id": run_id})

    def release(self, run_id: str) -> None:
        """Say that no process has the run any more."""
        with self._transaction() as connection:
            connection.execute(statement("orchestration/release_run"), {"run_id": run_id})

    def of(self, run_id: str) -> Heartbeat | None:
        """The heartbeat of a run; None where no worker has it."""
        with self._transaction() as connection:
            row = connection.execute(statement("orchestration/heartbeat_of_run"), {"run_id": run_id}).one_or_none()
        return None if row is None else Heartbeat(row.worker, row.process, row.seconds_ago)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            yield connection
