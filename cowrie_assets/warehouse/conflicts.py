"""Doing a transaction again that another one stood in the way of."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from cowrie_assets.backoff import Backoff
from cowrie_assets.warehouse.errors import WarehouseBusyError, WarehouseConflictError

ATTEMPTS = 12
BACKOFF = Backoff(first=0.02, longest=2.0)
_LOG = logging.getLogger(__name__)
Result = TypeVar("Result")


def retried(attempt: Callable[[], Result]) -> Result:
    """What `attempt` gives, tried again after a short pause of chance where it raises WarehouseConflictError.

    Raises WarehouseBusyError where it does so again and again.
    """
    for failures in range(1, ATTEMPTS + 1):
        try:
            return attempt()
        except WarehouseConflictError:
            _LOG.debug("a transaction is done again", exc_info=True)
        time.sleep(BACKOFF.pause(failures))
    raise WarehouseBusyError(
        f"other processes stood in this one's way {ATTEMPTS} times in a row: run the command again when they are done"
    )
