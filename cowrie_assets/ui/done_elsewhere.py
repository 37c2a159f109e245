"""What was done without Dagster is recorded before it starts, so that whoever opens the UI finds it there.

The newest comes first, and time is bounded: the sensor `unrecorded_work` records what is left. This is the one place of
the UI that reaches into the definitions, for how a record looks is theirs to know.
"""

from collections.abc import Callable

from cowrie_assets.amounts import counted
from cowrie_assets.configuration import Configuration
from cowrie_assets.faults import sentence_of
from cowrie_assets.operations.database_file import sqlite_file
from cowrie_assets.warehouse.engine import Warehouse

_SECONDS = 20.0


def record_done_elsewhere(
    configuration: Configuration, told: Callable[[str], None], *, seconds: float = _SECONDS
) -> None:
    """Record in the Dagster of DAGSTER_HOME, for so many seconds, what the warehouse holds and Dagster does not know.

    `told` is given one line of what was recorded, or of what kept it from being; none where there was nothing to do.
    Never raises an error: Dagster starts without the records too.
    """
    try:
        from cowrie_assets.defs.reconcile import reconcile_home  # noqa: PLC0415  (a wrong setting may fail it)

        settings = configuration.settings
        file = sqlite_file(settings.database_url)
        if file is not None and not file.exists():
            return
        with Warehouse.open(settings.database_url, longest_wait=settings.lock_wait_seconds) as warehouse:
            done = reconcile_home(warehouse, settings, seconds=seconds)
    except Exception as error:
        told(f"What was done without Dagster is not recorded yet: {sentence_of(error) or type(error).__name__}")
        return
    if done.partitions or done.checks:
        rest = (
            f"; {counted(done.left, 'day or report', 'days or reports')} to go, a few every minute" if done.left else ""
        )
        told(
            "Recorded in Dagster what was done without it: "
            f"{counted(done.partitions, 'partition')} and {counted(done.checks, 'check')}{rest}."
        )
