"""What the checks found, kept for the reports: of each check and stretch of days the newest result."""

import logging
import threading
from collections.abc import Mapping
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.exc import DBAPIError

from cowrie_assets.clock import day_number
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.errors import WarehouseError
from cowrie_assets.warehouse.schema import check_results
from cowrie_assets.warehouse.upsert import upsert
from cowrie_assets.warehouse.write_scope import of_name

_LOG = logging.getLogger(__name__)
_told = threading.Event()
"""That results are not recorded was said, and none was recorded since: `validate` records several times."""
_FIRST_DAY, _LAST_DAY = -(2**31), 2**31 - 1


def day_window(start: date | None, end: date | None) -> dict[str, int]:
    """The days `start` to `end`, both inclusive, as numbers; an open end (None) is the least or greatest there is."""
    return {
        "first_day": _FIRST_DAY if start is None else day_number(start),
        "last_day": _LAST_DAY if end is None else day_number(end),
    }


def record_results(
    warehouse: Warehouse, differences: Mapping[str, int], start: date | None, end: date | None, *, checked_at: int
) -> None:
    """Record how many differences each check, by its name, found on the days `start` to `end`.

    `checked_at` is in microseconds since 1970-01-01 UTC. A result that is newer stands: of two that check at once, the
    one that began first may end last. A database that cannot be written keeps the results it has: the check still
    tells what it found.
    """
    window = day_window(start, end)
    try:
        with warehouse.write(of_name("check results")) as connection:
            newer = {row.name for row in connection.execute(_newer(window, checked_at))}
            for name, found in differences.items():
                if name in newer:
                    continue
                values = {"differences": found, "checked_at": checked_at}
                upsert(connection, check_results, {"name": name, **window}, values)
        _told.clear()
    except (DBAPIError, WarehouseError) as error:
        if not _told.is_set():
            _LOG.warning("the results of the checks are not recorded: %s", getattr(error, "orig", error))
        _told.set()


def _newer(window: Mapping[str, int], checked_at: int) -> Select[tuple[str]]:
    table = check_results.c
    same_days = (table.first_day == window["first_day"], table.last_day == window["last_day"])
    return select(table.name).where(*same_days, table.checked_at > checked_at)
