"""Doing a transaction again that another one stood in the way of."""

import logging
import random
import time
from collections.abc import Callable
from typing import TypeVar

from cowrie_assets.warehouse.errors import WarehouseBusyError, WarehouseConflictError

ATTEMPTS = 12
LONGEST_PAUSE = 2.0
_FIRST_PAUSE = 0.02
_LOG = logging.getLogger(__name__)
Result = TypeVar("Result")


def retried(attempt: Callable[[], Result]) -> Result:
    """What `attempt` gives, tried again after a short pause of chance where it raises WarehouseConflictError.

    Raises WarehouseBusyError where it does so again and again.
    """
    for number in range(ATTEMPTS):
        try:
            return attempt()
        except WarehouseConflictError:
            _LOG.debug("a transaction is done again", exc_info=True)
        longest = min(_FIRST_PAUSE * 2.0**number, LONGEST_PAUSE)
        time.sleep(random.uniform(longest / 2, longest))  # noqa: S311  (two that collide must not wait alike)
    raise WarehouseBusyError(
        f"other processes stood in this one's way {ATTEMPTS} times in a row: run the command again when they are done"
    )
