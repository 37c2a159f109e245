"""Whether the history is kept small: what `doctor` tells of it. It needs no Dagster."""

import shlex
from dataclasses import dataclass
from pathlib import Path

from cowrie_assets import clock
from cowrie_assets.amounts import counted
from cowrie_assets.history.size import old_step_logs, size_on_disk

_NIGHTS_MISSED = 2
_SECONDS_PER_DAY = 86_400
_MB = 1_000_000
_MUCH = 100 * _MB
"""Bytes of old step logs. Those of failures that still stand are kept, and are fewer."""


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What there is to say."""

    message: str
    is_overdue: bool = False
    """Whether much lies there that the nightly job would have removed."""


def upkeep(home: str | None, days: int) -> Upkeep:
    """The size of the history in `home`, the value of `DAGSTER_HOME`, of which `days` days are kept whole."""
    if not home:
        return Upkeep("DAGSTER_HOME is not set: Dagster's history was not looked at")
    folder = Path(home)
    if not folder.is_dir():
        return Upkeep(f"DAGSTER_HOME: {folder} is not there yet; Dagster makes it")
    message = f"Dagster's history in {folder} takes {size_on_disk(folder).total / _MB:,.1f} MB"
    limit = clock.now_us() / clock.US_PER_SECOND - (days + _NIGHTS_MISSED) * _SECONDS_PER_DAY
    logs, size = old_step_logs(folder, limit)
    if size < _MUCH:
        return Upkeep(message)
    old = f"{counted(logs, 'log')} of runs ({size / _MB:,.1f} MB) are older than {counted(days, 'day')}"
    command = f"`DAGSTER_HOME={shlex.quote(home)} cowrie-assets history prune`"
    return Upkeep(f"{message}; {old}, and the job prune_history did not remove them: {command} does", is_overdue=True)
