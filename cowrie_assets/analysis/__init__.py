"""Tables for analysts, as pandas DataFrames: `from cowrie_assets import analysis`.

    >>> from cowrie_assets import analysis
    >>> sessions = analysis.sessions("2026-08-28", "2026-09-03")
    >>> sessions.groupby("country", observed=True)["src_ip"].nunique()

Each function takes the first and the last day (dates, times such as `pandas.Timestamp`, of which the UTC day
counts, or texts such as `2026-08-31`; inclusive; open where None) and
the name of a sensor (all where None). With `by_day=True` it gives an iterator of one DataFrame a day, so that memory
holds a day. The database is that of `COWRIE_DATABASE_URL`, or the one that `database` names: a URL or an open
warehouse. It is read in one snapshot and never written. docs/ANALYSIS.md describes the columns.
"""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Literal, overload

from cowrie_assets.analysis.tables import INDICATORS, TABLES, Span, indicator_rows, missing_of
from cowrie_assets.configuration import Configuration
from cowrie_assets.reports.periods import PeriodError, parse_period
from cowrie_assets.warehouse.engine import Warehouse

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "artefacts",
    "campaign_sessions",
    "campaigns",
    "commands",
    "events",
    "files",
    "indicators",
    "logins",
    "longtail",
    "sessions",
    "snowshoes",
    "techniques",
]

Day = date | str | None
Database = Warehouse | str | None


class _Table:
    """A function that gives one table."""

    def __init__(self, name: str, doc: str) -> None:
        self._name = name
        self.__name__ = name
        self.__doc__ = doc

    def __repr__(self) -> str:
        return f"<cowrie_assets.analysis.{self._name}(start, end, sensor, *, by_day, database)>"

    @overload
    def __call__(
        self,
        start: Day = ...,
        end: Day = ...,
        sensor: str | None = ...,
        *,
        by_day: Literal[False] = ...,
        database: Database = ...,
    ) -> "pd.DataFrame": ...
    @overload
    def __call__(
        self,
        start: Day = ...,
        end: Day = ...,
        sensor: str | None = ...,
        *,
        by_day: Literal[True],
        database: Database = ...,
    ) -> "Iterator[pd.DataFrame]": ...
    def __call__(
        self,
        start: Day = None,
        end: Day = None,
        sensor: str | None = None,
        *,
        by_day: bool = False,
        database: Database = None,
    ) -> "pd.DataFrame | Iterator[pd.DataFrame]":
        """Raises UnknownSensorError, PeriodError where a day is none or the range runs backwards, WarehouseError where
        the database cannot be opened. Warns where raw events are in the archive alone."""
        frames = _frames(self._name, _span(start, end, sensor), database)
        if by_day:
            return frames
        from cowrie_assets.analysis.frames import joined  # noqa: PLC0415  (pandas)

        return joined(TABLES[self._name], frames)


sessions = _Table("sessions", "Sessions, a row each.")
commands = _Table("commands", "Commands, a row for each session and command.")
logins = _Table("logins", "Logins, a row for each session, username and password.")
files = _Table("files", "Files, a row for each session and SHA-256.")
techniques = _Table("techniques", "Techniques of ATT&CK, a row for each session, technique and rule.")
campaigns = _Table("campaigns", "Campaigns, a row each, by the day of their oldest session.")
campaign_sessions = _Table("campaign_sessions", "Sessions that belong to a campaign, a row each.")
artefacts = _Table("artefacts", "SSH keys, urls, hosts, wallets and endpoints, a row for each session that named one.")
events = _Table("events", "Events, a row each, by their own day; `by_day=True` for more than a few days.")


def indicators(
    start: Day = None,
    end: Day = None,
    sensor: str | None = None,
    *,
    min_confidence: int = 0,
    database: Database = None,
) -> "pd.DataFrame":
    """What is worth sharing of these days as a whole, each type and value once, as sure as `min_confidence` or surer;
    docs/INDICATORS.md says why. Keys, hosts and wallets are those that campaigns know.

    Raises as the others do.
    """
    from cowrie_assets.analysis.frames import frame  # noqa: PLC0415  (pandas)

    span = _span(start, end, sensor)
    with _opened(database) as warehouse, warehouse.read() as connection:
        return frame(INDICATORS, list(indicator_rows(connection, span, min_confidence)))


def snowshoes(
    start: Day = None, end: Day = None, sensor: str | None = None, *, database: Database = None
) -> "pd.DataFrame":
    """Campaigns of these days that spread over many addresses which hardly ever come, the best first; docs/RARE.md.

    Raises as the others do.
    """
    return _of_range("snowshoes", _span(start, end, sensor), database)


def longtail(
    start: Day = None, end: Day = None, sensor: str | None = None, *, database: Database = None
) -> "pd.DataFrame":
    """Sessions of these days that did what few sessions ever did, the rarest first; docs/RARE.md.

    Raises as the others do.
    """
    return _of_range("longtail", _span(start, end, sensor), database)


def _of_range(name: str, span: Span, database: Database) -> "pd.DataFrame":
    from cowrie_assets.analysis.frames import frame  # noqa: PLC0415  (pandas)
    from cowrie_assets.analysis.rare import RARE_TABLES, rare_rows  # noqa: PLC0415

    with _opened(database) as warehouse, warehouse.read() as connection:
        return frame(RARE_TABLES[name], list(rare_rows(connection, RARE_TABLES[name], span)))


def _frames(name: str, span: Span, database: Database) -> "Iterator[pd.DataFrame]":
    """A DataFrame for each day that has rows; the first is empty where none has, so that its columns are known."""
    from cowrie_assets.analysis.frames import frames  # noqa: PLC0415  (pandas)

    with _opened(database) as warehouse, warehouse.read() as connection:
        missing = missing_of(connection, TABLES[name], span)
        if missing is not None:
            warnings.warn(missing, stacklevel=3)
        yield from frames(connection, TABLES[name], span)


def _span(start: Day, end: Day, sensor: str | None) -> Span:
    first, last = _day(start), _day(end)
    if first is not None and last is not None and last < first:
        raise PeriodError(f"the range runs backwards: {last} lies before {first}")
    return Span(first, last, sensor)


def _day(value: Day) -> date | None:
    """The UTC day; a time without a zone is taken for UTC."""
    if isinstance(value, datetime):
        if value != value:  # noqa: PLR0124  (pandas.NaT)
            raise PeriodError("NaT is no day")
        return (value if value.tzinfo is None else value.astimezone(UTC)).date()
    return value if value is None or isinstance(value, date) else parse_period("daily", str(value)).start


@contextmanager
def _opened(database: Database) -> Iterator[Warehouse]:
    if isinstance(database, Warehouse):
        yield database
        return
    url = database or Configuration(os.environ).settings.database_url
    with Warehouse.open(url, create=False) as warehouse:
        yield warehouse
