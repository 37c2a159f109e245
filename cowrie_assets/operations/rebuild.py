"""Making the summaries anew from `raw_events`, and telling beforehand what that would change.

A rebuild goes day by day, each in a transaction of its own that replaces the rows that differ: whoever reads meanwhile
sees a day as it was or as it is. `rebuilt_days` has the days that are done, so that a run that was stopped goes on
behind them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, delete, select

from cowrie_assets.activity import stage
from cowrie_assets.clock import US_PER_DAY, day_of_number, now_us
from cowrie_assets.cowrie.risk import RULESET
from cowrie_assets.progress import ProgressSink, silent
from cowrie_assets.summaries.check_results import day_window
from cowrie_assets.summaries.command_scores import rescore
from cowrie_assets.summaries.differences import Difference, differences, differing_rows
from cowrie_assets.summaries.pending import days_with_data
from cowrie_assets.summaries.refresh import refresh, remove_orphans
from cowrie_assets.summaries.refresh_day import RefreshResult
from cowrie_assets.summaries.restoring import restore_commands
from cowrie_assets.summaries.rules import remap, rules_in_force
from cowrie_assets.warehouse.dictionary import digest_of
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.errors import WarehouseError
from cowrie_assets.warehouse.schema import changed_days, event_days, rebuilt_days, seals
from cowrie_assets.warehouse.sql import SQL_ROOT, source
from cowrie_assets.warehouse.upsert import upsert
from cowrie_assets.warehouse.write_scope import ROWS

_COUNTS_FOR_US = US_PER_DAY
"""How long ago a run may have been stopped for the next one to go on behind it: what other hands spoiled since would
not be seen."""


@dataclass(frozen=True, slots=True)
class RebuildResult:
    """What a rebuild changed. After an undamaged history both row counts are 0: a rebuild equals what stands."""

    refresh: RefreshResult
    orphans_removed: int
    computed_days: int
    """Days whose sessions were computed from their events."""
    sealed_days: int = 0
    """Days that were passed by: of these only what follows from the summaries themselves is computed."""
    done_before: int = 0
    """Days that a run which was stopped had done."""


def rebuild(
    warehouse: Warehouse,
    *,
    start: date | None = None,
    end: date | None = None,
    workers: int = 1,
    anew: bool = False,
    progress: ProgressSink = silent,
) -> RebuildResult:
    """Recompute every session with an event from `start` to `end` (inclusive; open where None), a transaction a day.

    A run over the same days that was stopped within the last 24 hours is gone on with, unless all is to be done `anew`.
    `workers` days are computed at a time, on PostgreSQL: raises WarehouseError on SQLite, which has one writer.
    Commands that other rules than this release's scored or mapped, be they newer, are so again first.
    """
    if workers > 1 and warehouse.dialect == "sqlite":
        raise WarehouseError("SQLite has one writer: several workers need PostgreSQL")
    first, last = (None if day is None else day.isoformat() for day in (start, end))
    with stage(
        "rebuild_session_summaries", database=warehouse, first_day=first, last_day=last, workers=workers
    ) as phase:
        rescore(warehouse, also_newer=True)
        remap(warehouse, also_newer=True)
        restore_commands(warehouse, start, end)
        run = _Run(warehouse, start, end)
        done = set() if anew else run.done()
        days = sorted({*days_with_data(warehouse, start, end), *_days_that_are_told(warehouse, start, end)})
        refreshed = refresh(
            warehouse,
            days=[day for day in days if day not in done],
            whole=True,
            workers=workers,
            day_done=run.record,
            progress=phase.telling(progress),
        )
        orphans = remove_orphans(warehouse, start, end)
        phase.note(orphans_removed=orphans, days_done_before=len(done.intersection(days)))
        run.forget()
        sealed = run.sealed_days()
        computed = len(set(refreshed.days) - sealed)
        return RebuildResult(refreshed, orphans, computed, len(sealed), len(done.intersection(days)))


def _days_that_are_told(warehouse: Warehouse, start: date | None, end: date | None) -> list[date]:
    """The days that are said to have events or sessions, whether they have or not."""
    window = day_window(start, end)
    bounds = (window["first_day"], window["last_day"])
    of_events = select(event_days.c.event_day).where(event_days.c.event_day.between(*bounds))
    of_sessions = select(changed_days.c.session_day).where(
        changed_days.c.session_day.between(*bounds), changed_days.c.sessions != 0
    )
    with warehouse.read() as connection:
        return [day_of_number(day) for day in connection.execute(of_events.union(of_sessions)).scalars()]


def rebuild_plan(
    warehouse: Warehouse, *, start: date | None = None, end: date | None = None, progress: ProgressSink = silent
) -> list[Difference]:
    """What `rebuild` would change, by day and summary; changes nothing."""
    return list(differences(warehouse, days_with_data(warehouse, start, end), progress))


def rebuild_rows(
    warehouse: Warehouse, *, start: date | None = None, end: date | None = None, progress: ProgressSink = silent
) -> Iterator[dict[str, Any]]:
    """Each row that `rebuild` would change, as `differences.differing_rows` gives it; changes nothing."""
    return differing_rows(warehouse, days_with_data(warehouse, start, end), progress)


class _Run:
    """A rebuild of some days, and which of them are done."""

    def __init__(self, warehouse: Warehouse, start: date | None, end: date | None) -> None:
        self._warehouse = warehouse
        self._window = day_window(start, end)
        self._derivation = _derivation(warehouse)

    def done(self) -> set[date]:
        """The days that a run over the same days did by the same statements and rules, and that count still."""
        since = now_us() - _COUNTS_FOR_US
        query = select(rebuilt_days.c.event_day).where(
            self._asked, rebuilt_days.c.derivation == self._derivation, rebuilt_days.c.done_at >= since
        )
        with self._warehouse.read() as connection:
            return set(map(day_of_number, connection.execute(query).scalars()))

    def record(self, day: int) -> None:
        """Note a day as done."""
        key = {**self._window, "event_day": day}
        values = {"derivation": self._derivation, "done_at": now_us()}
        self._warehouse.run(lambda connection: upsert(connection, rebuilt_days, key, values), of=ROWS)

    def forget(self) -> None:
        """The run is complete: the next one begins from the first day."""
        self._warehouse.run(lambda connection: connection.execute(delete(rebuilt_days).where(self._asked)), of=ROWS)

    def sealed_days(self) -> set[date]:
        """Those of the days that are sealed."""
        within = seals.c.session_day.between(self._window["first_day"], self._window["last_day"])
        with self._warehouse.read() as connection:
            return set(map(day_of_number, connection.execute(select(seals.c.session_day).where(within)).scalars()))

    @property
    def _asked(self) -> ColumnElement[bool]:
        table, window = rebuilt_days.c, self._window
        return (table.first_day == window["first_day"]) & (table.last_day == window["last_day"])


def _derivation(warehouse: Warehouse) -> bytes:
    """A digest of all that summaries follow from, besides the events: statements, rules and the numbers in them."""
    files = sorted(
        file.relative_to(SQL_ROOT).with_suffix("").as_posix() for file in SQL_ROOT.glob("summaries/**/*.sql")
    )
    with warehouse.read() as connection:
        rules = rules_in_force(connection).digest.hex()
    return digest_of(str(RULESET), rules, *(source(file, "sqlite") for file in files))
