"""What commands take in common: days, and the settings and the warehouse that they work on."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cowrie_assets.reports.periods import PeriodError, parse_period
from cowrie_assets.settings import MOST_DAYS, is_url

if TYPE_CHECKING:
    from cowrie_assets.configuration import Configuration
    from cowrie_assets.settings import Settings
    from cowrie_assets.warehouse.engine import Warehouse


class DayType(click.ParamType[date]):
    """A UTC day, `2026-08-31`."""

    name = "day"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Fails with a usage error where `value` is no day of the calendar."""
        if isinstance(value, date):
            return value
        try:
            return parse_period("daily", str(value)).start
        except PeriodError as error:
            self.fail(str(error), param, ctx)


DAY = DayType()
DAYS = click.IntRange(1, MOST_DAYS)
"""So many days back, or the last so many."""
MOST = 2**63 - 1
"""The greatest number that a database's column holds: where a number has no other bound, it ends there."""


class LocalPath(click.Path):
    """A file or folder of this machine: a URL is refused, of which a folder `s3:` would be made here."""

    def __init__(self, *, exists: bool = False, file_okay: bool = True, dir_okay: bool = True) -> None:
        super().__init__(exists=exists, file_okay=file_okay, dir_okay=dir_okay, path_type=Path)

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        """Fails with a usage error where `value` is a URL, or no path as it is wanted."""
        if is_url(os.fspath(value)):
            self.fail("a path of this machine is wanted here, no URL", param, ctx)
        return super().convert(value, param, ctx)


def configured() -> "Configuration":
    """What the environment of this process configures: the command line reads it here, and hands it down."""
    from cowrie_assets.configuration import Configuration

    return Configuration(os.environ)


def require_order(first: date | None, last: date | None) -> None:
    """Raises a usage error where a range of days runs backwards."""
    if first is not None and last is not None and last < first:
        raise click.UsageError(f"the range runs backwards: {last} lies before {first}")


@contextmanager
def open_warehouse(
    *, create: bool = False, settings: "Settings | None" = None
) -> Iterator[tuple["Settings", "Warehouse"]]:
    """The settings, those of the environment unless given, and the warehouse they name; a SQLite file and tables are
    made only with `create`. What is done with it is told to monitors."""
    from cowrie_assets.telemetry.watching import watched
    from cowrie_assets.warehouse.engine import Warehouse

    settings = settings or configured().settings
    if not create:
        require_database(settings)
    else:
        _tell_of_new_database(settings)
    waits = settings.lock_wait_seconds
    with (
        watched(settings),
        Warehouse.open(settings.database_url, create=create, longest_wait=waits) as warehouse,
    ):
        yield settings, warehouse


def require_database(settings: "Settings") -> None:
    """Raises an error where the warehouse is a SQLite file that is not there: a look should not make an empty one."""
    from cowrie_assets.operations.database_file import lost_database, sqlite_file

    lost = lost_database(settings.database_url, settings.report_dir)
    if lost is not None:
        raise click.ClickException(lost)
    file = sqlite_file(settings.database_url)
    if file is not None and not file.exists():
        raise click.ClickException(
            f"there is no database at {file} yet: `cowrie-assets ingest` makes it,"
            " or COWRIE_DATABASE_URL names another one"
        )


def _tell_of_new_database(settings: "Settings") -> None:
    """Say that an empty database takes the place of one that is gone."""
    from cowrie_assets.operations.database_file import lost_database, sqlite_file

    if lost_database(settings.database_url, settings.report_dir) is not None:
        file = sqlite_file(settings.database_url)
        click.echo(f"Note: the database {file} was gone: an empty one takes its place, and all logs are new.", err=True)
