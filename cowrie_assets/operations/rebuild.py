"""Making the summaries anew from `raw_events`, and telling beforehand what that would change."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from cowrie_assets.progress import ProgressSink, silent
from cowrie_assets.summaries.check_results import day_window
from cowrie_assets.summaries.command_scores import rescore
from cowrie_assets.summaries.differences import Difference, differences
from cowrie_assets.summaries.pending import days_with_data
from cowrie_assets.summaries.refresh import refresh, remove_orphans
from cowrie_assets.summaries.refresh_day import RefreshResult
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import seals


@dataclass(frozen=True, slots=True)
class RebuildResult:
    """What a rebuild changed. After an undamaged history both row counts are 0: a rebuild equals what stands."""

    refresh: RefreshResult
    orphans_removed: int
    sealed_days: int = 0
    """Days that were passed by: of these only what follows from the summaries themselves is computed."""


def rebuild(
    warehouse: Warehouse, *, start: date | None = None, end: date | None = None, progress: ProgressSink = silent
) -> RebuildResult:
    """Recompute every session with an event from `start` to `end` (inclusive; open where None), a transaction a day.

    Commands that other rules than this release's scored, be they newer, are scored again first.
    """
    rescore(warehouse, also_newer=True)
    refreshed = refresh(warehouse, days=days_with_data(warehouse, start, end), whole=True, progress=progress)
    window = day_window(start, end)
    sealed = select(func.count()).where(seals.c.session_day.between(window["first_day"], window["last_day"]))
    with warehouse.read() as connection:
        passed_by = connection.execute(sealed).scalar_one()
    return RebuildResult(refreshed, remove_orphans(warehouse, start, end), passed_by)


def rebuild_plan(
    warehouse: Warehouse, *, start: date | None = None, end: date | None = None, progress: ProgressSink = silent
) -> list[Difference]:
    """What `rebuild` would change; changes nothing."""
    return list(differences(warehouse, days_with_data(warehouse, start, end), progress))
