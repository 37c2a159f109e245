"""Where the logs, the warehouse and the reports are. Resources hand out plain domain objects.

Dagster's pages show the variable's name where one is set, never its value; else the default, which holds no secret.
"""

import os
from collections import ChainMap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from cowrie_assets.configuration import Configuration
from cowrie_assets.defs.faults import one_sentence
from cowrie_assets.operations.database_file import lost_database
from cowrie_assets.settings import Settings
from cowrie_assets.telemetry.watching import watched
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.errors import WarehouseError

Resources = Mapping[str, dg.ConfigurableResource]  # type: ignore[type-arg]
"""By the name under which assets, checks and sensors take them: `warehouse` and `settings`."""


class WarehouseResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The database of events, summaries and ledgers."""

    database_url: str
    report_dir: str = ""
    """Where reports lie that were written from it; without it, nobody tells a database that is gone from a new one."""

    @contextmanager
    def open(self) -> Iterator[Warehouse]:
        """An open warehouse; what is done with it is told to monitors. An empty database is given its tables, and a
        SQLite file is made where none was ever there.

        Fails where any setting is wrong: nothing is read or written under settings that nobody chose.
        """
        settings = usable_settings()
        lost = lost_database(self.database_url, Path(self.report_dir)) if self.report_dir else None
        if lost is not None:
            raise WarehouseError(lost)
        with (
            watched(settings),
            Warehouse.open(self.database_url, longest_wait=settings.lock_wait_seconds) as warehouse,
        ):
            yield warehouse


class SettingsResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The folders that are read and written; what else can be set is read from the environment of the run."""

    log_root: str
    report_dir: str

    def read(self) -> Settings:
        """Everything a user can set. Fails where a value cannot be used."""
        return usable_settings(**self.environment())

    def environment(self) -> dict[str, str]:
        """The folders by the variables that name them."""
        return {"COWRIE_LOG_ROOT": self.log_root, "COWRIE_REPORT_DIR": self.report_dir}


def configured(**resources: str) -> Configuration:
    """What the environment of this process configures, but for the variables that `resources` gives: the definitions
    read it here, and hand it down."""
    return Configuration(ChainMap(resources, os.environ))


def usable_settings(**resources: str) -> Settings:
    """The settings; a value that cannot be used fails the step or the tick with its sentence."""
    with one_sentence():
        return configured(**resources).settings


def resources_of(environment: Mapping[str, str]) -> Resources:
    """The resources under an environment: a variable that is set there is read when a run or a tick begins."""
    default = Settings()

    def variable(name: str, otherwise: str | Path) -> str:
        return dg.EnvVar(name) if environment.get(name) else str(otherwise)

    report_dir = variable("COWRIE_REPORT_DIR", default.report_dir)
    database_url = variable("COWRIE_DATABASE_URL", default.database_url)
    return {
        "warehouse": WarehouseResource(database_url=database_url, report_dir=report_dir),
        "settings": SettingsResource(log_root=variable("COWRIE_LOG_ROOT", ""), report_dir=report_dir),
    }
