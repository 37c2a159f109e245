"""How what a user can mend is told on Dagster's pages: a step or a tick that fails with one sentence.

A tick that cannot do its work fails, and is red. A skipped tick is grey, and means that there is nothing to do.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from sqlalchemy.exc import DBAPIError, OperationalError

from cowrie_assets.ingest.discovery import DiscoveryError
from cowrie_assets.settings import SettingsError


@contextmanager
def one_sentence() -> Iterator[None]:
    """Turn wrong settings, missing logs and a database that gave up into a failure of one sentence; also a decorator.

    No retry mends the first two. A WarehouseError is one sentence already, and may pass; a bug keeps its traceback.
    """
    try:
        yield
    except (SettingsError, DiscoveryError) as error:
        raise dg.Failure(str(error), allow_retries=False) from None
    except DBAPIError as error:  # without the statement and its values, which may be an attacker's
        passing = isinstance(error, OperationalError)
        raise dg.Failure(f"the database gave up: {error.orig}", allow_retries=passing) from None
