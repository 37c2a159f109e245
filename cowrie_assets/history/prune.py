"""Removing from the history what is old and what no page shows.

Of a run that ended before the limit goes all but what says how a partition stands: its latest materialization,
observation, plan and check, each with its metadata. A run that holds one of these keeps its record; where it failed,
and the failure is what a partition shows, its log as well. Every other run goes. The limit of a run of `ingest_live`
that ended well is a day: there is one each minute or two, and the next one says what it said.

A pass takes runs a hundred at a time, oldest first, in short transactions, the record last: one that is stopped leaves
nothing half said, and the next goes on. Runs in work, waiting, of a backfill in progress, or at
whose end the sensor `failures` has not looked are left alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import chain

import dagster as dg
from sqlalchemy import Connection

from cowrie_assets.history.kept import BACKFILL_TAG, Kept, instigators, kept
from cowrie_assets.history.leftovers import has_step_log, remove_files, runs_known_no_more
from cowrie_assets.history.measure import measure
from cowrie_assets.history.size import HistorySize
from cowrie_assets.history.storage import ASSETS, AT_ONCE, change, events_of, rows, runs_of
from cowrie_assets.history.vacuum import vacuum
from cowrie_assets.orchestration.locations import LOCATION
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.warehouse.chunks import chunks

RUNS_AT_ONCE = 100

_LIGHT_JOB = "ingest_live"
_LIGHT_RUNS_STAY = timedelta(days=1)

LOG_TAG = "cowrie/log"
"""The tag of a run whose log was removed, so that its empty page says why. Only runs that succeeded get it: to
a sensor a run that is tagged looks as if it had ended now, and what failed a moment ago rests."""

_ENDED = [
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.CANCELED,
    dg.DagsterRunStatus.NOT_STARTED,
]
"""A run that is made and not even queued was left behind by something that died."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """What a pass removed, or would remove."""

    before: HistorySize
    after: HistorySize
    runs: int = 0
    step_logs: int = 0
    """Of runs whose record stays."""
    events: int = 0
    """Rows of events and of checks that the pages look through; SQLite's step logs go as files and are not counted."""
    files_of_no_run: int = 0
    """Runs without a record of which files were left."""
    warnings: tuple[str, ...] = ()


def prune(
    instance: dg.DagsterInstance,
    days: int,
    *,
    now: datetime | None = None,
    dry_run: bool = False,
    progress: ProgressSink = silent,
) -> Pruned:
    """Remove what is older than `days` and shown nowhere; with `dry_run`, only count it. Raises HistoryError."""
    before = measure(instance)
    today = now or datetime.now(UTC)
    limit = today - timedelta(days=days)
    work = _Pass(instance, kept(instance), limit, max(limit, today - _LIGHT_RUNS_STAY), dry_run)
    work.remove_runs(progress)
    work.remove_runless()
    work.remove_leftovers()
    warnings: Sequence[str] = ()
    if not dry_run:
        with runs_of(instance).connect() as connection:
            change(connection, "remove_tags_without_run")
        _remove_ticks(instance, limit)
        progress(Progress("vacuum", 0, None, "files"))
        warnings = list(vacuum(instance))
    return replace(work.done(before), after=measure(instance), warnings=tuple(warnings))


@dataclass
class _Pass:
    instance: dg.DagsterInstance
    kept: Kept
    limit: datetime
    limit_of_light_runs: datetime
    dry_run: bool
    runs: int = field(default=0, init=False)
    step_logs: int = field(default=0, init=False)
    events: int = field(default=0, init=False)
    files_of_no_run: int = field(default=0, init=False)

    def done(self, before: HistorySize) -> Pruned:
        return Pruned(before, before, self.runs, self.step_logs, self.events, self.files_of_no_run)

    def remove_runs(self, progress: ProgressSink) -> None:
        old = (
            dg.RunsFilter(statuses=_ENDED, updated_before=self.limit),
            dg.RunsFilter(
                job_name=_LIGHT_JOB,
                statuses=[dg.DagsterRunStatus.SUCCESS],
                updated_before=self.limit_of_light_runs,
            ),
        )
        total, looked_at = sum(map(self.instance.get_runs_count, old)), 0
        for page in chain.from_iterable(_pages(self.instance, each) for each in old):
            progress(Progress("prune", looked_at, total, "runs"))
            self._remove({run.run_id: run for run in page if self._is_done_with(run)})
            looked_at += len(page)

    def remove_runless(self) -> None:
        """What was recorded beside runs, and is shown no more."""
        events = events_of(self.instance)
        keys = [dg.AssetKey(name).to_string() for name in ASSETS]
        before = self.limit.replace(tzinfo=None)
        for name, stays in (("runless_checks", self.kept.checks), ("runless_events", self.kept.events)):
            after = 0
            while True:
                with events.index_connection() as connection:
                    found = rows(connection, name, asset_keys=keys, before=before, after=after, most=AT_ONCE)
                    gone = [row for row in found if row["id"] not in stays]
                    ids = [row["id"] for row in gone]
                    if name == "runless_checks":
                        self._remove_checks(connection, ids)
                        ids = [row["event_id"] for row in gone if row["event_id"] not in self.kept.events]
                    self._remove_events(connection, ids)
                if not found:
                    break
                after = found[-1]["id"]
        if events.is_run_sharded and not self.dry_run:
            with events.run_connection("") as connection:
                change(connection, "remove_runless_copies", before=before)

    def remove_leftovers(self) -> None:
        for run_id in runs_known_no_more(self.instance):
            self.files_of_no_run += 1
            if not self.dry_run:
                remove_files(self.instance, run_id)

    def _is_done_with(self, run: dg.DagsterRun) -> bool:
        """Whether a run is of our code location, and no backfill and no sensor has still to look at it."""
        origin = run.remote_job_origin
        is_ours = origin is None or origin.repository_origin.code_location_origin.location_name == LOCATION
        is_waited_for = run.tags.get(BACKFILL_TAG) in self.kept.backfills or run.run_id in self.kept.unseen
        return is_ours and not is_waited_for

    def _remove(self, runs: Mapping[str, dg.DagsterRun]) -> None:
        """Remove what can go of these runs."""
        if not runs:
            return
        with events_of(self.instance).index_connection() as connection:
            events = rows(connection, "events_of_runs", run_ids=list(runs))
            checks = rows(connection, "checks_of_runs", run_ids=list(runs))
        holders = {run_id for run_id in runs if run_id in self.kept.runs}
        holders |= {row["run_id"] for row in events if row["id"] in self.kept.events}
        holders |= {row["run_id"] for row in checks if row["id"] in self.kept.checks}
        whole = {run_id for run_id in holders if runs[run_id].status is dg.DagsterRunStatus.FAILURE}
        gone = [row["id"] for row in events if row["id"] not in self.kept.events and row["run_id"] not in whole]
        stale = [row["id"] for row in checks if row["id"] not in self.kept.checks and row["run_id"] not in whole]
        for ids in _shares(gone):
            with events_of(self.instance).index_connection() as connection:
                self._remove_events(connection, ids)
        for ids in _shares(stale):
            with events_of(self.instance).index_connection() as connection:
                self._remove_checks(connection, ids)
        emptied = {row["run_id"] for row in events if row["id"] not in self.kept.events}
        for run_id in runs.keys() - whole:
            if run_id in holders:
                self._remove_log(runs[run_id], has_log=run_id in emptied or has_step_log(self.instance, run_id))
            else:
                self._remove_run(run_id)

    def _remove_log(self, run: dg.DagsterRun, *, has_log: bool) -> None:
        self.step_logs += has_log
        if self.dry_run:
            return
        remove_files(self.instance, run.run_id)
        if has_log and run.is_success and LOG_TAG not in run.tags:
            self.instance.add_run_tags(run.run_id, {LOG_TAG: "removed by prune_history"})

    def _remove_run(self, run_id: str) -> None:
        self.runs += 1
        if not self.dry_run:
            remove_files(self.instance, run_id)
            runs_of(self.instance).delete_run(run_id)

    def _remove_events(self, connection: Connection, ids: Sequence[int]) -> None:
        self.events += len(ids)
        if ids and not self.dry_run:
            change(connection, "remove_event_tags", ids=ids)
            change(connection, "remove_events", ids=ids)

    def _remove_checks(self, connection: Connection, ids: Sequence[int]) -> None:
        self.events += len(ids)
        if ids and not self.dry_run:
            change(connection, "remove_checks", ids=ids)


def _pages(instance: dg.DagsterInstance, of: dg.RunsFilter) -> Iterator[Sequence[dg.DagsterRun]]:
    """Runs, oldest first. A page is read before the one ahead of it goes, for its last run says where it begins."""
    page = instance.get_runs(of, limit=RUNS_AT_ONCE, ascending=True)
    while page:
        following = instance.get_runs(of, cursor=page[-1].run_id, limit=RUNS_AT_ONCE, ascending=True)
        yield page
        page = following


def _shares(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return chunks(ids, AT_ONCE)


def _remove_ticks(instance: dg.DagsterInstance, limit: datetime) -> None:
    """Ticks older than the limit. The daemon removes others sooner, by `retention` of dagster.yaml."""
    for state in instigators(instance):
        instance.purge_ticks(state.instigator_origin_id, state.selector_id, limit.timestamp())
