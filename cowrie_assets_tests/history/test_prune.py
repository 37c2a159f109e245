"""What goes and what stays, on each engine: no page shows less of a partition than before."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg
import pytest
from dagster._core.code_pointer import ModuleCodePointer
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.execution.backfill import BulkActionStatus, PartitionBackfill
from dagster._core.origin import JobPythonOrigin, RepositoryPythonOrigin
from dagster._core.remote_origin import (
    ManagedGrpcPythonEnvCodeLocationOrigin,
    RemoteInstigatorOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import InstigatorState, InstigatorStatus, SensorInstigatorData
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin

from cowrie_assets.history.leftovers import remove_files
from cowrie_assets.history.prune import LOG_TAG, prune
from cowrie_assets.history.storage import ASSETS, events_of, rows
from cowrie_assets_tests.history.conftest import DEFINITIONS, Recorded, later
from cowrie_assets_tests.history.pages import shown

DAY, NEXT = "2026-08-31", "2026-09-01"
AUGUST = [DAY, NEXT]
_CODE = JobPythonOrigin("publish", RepositoryPythonOrigin("python", ModuleCodePointer("x", "defs")))


def _events(recorded: Recorded, run_id: str) -> int:
    with events_of(recorded.instance).index_connection() as connection:
        return len(rows(connection, "events_of_runs", run_ids=[run_id]))


def test_what_is_shown_stays_and_all_else_goes(recorded_anywhere: Recorded) -> None:
    recorded = recorded_anywhere
    first, superseded, latest = (recorded.run(DAY) for _ in range(3))
    alone, published, republished = recorded.run(NEXT), recorded.run(), recorded.run()
    before = shown(recorded.instance, DEFINITIONS, AUGUST)
    pruned = prune(recorded.instance, 7, now=later(8))
    assert shown(recorded.instance, DEFINITIONS, AUGUST) == before
    assert recorded.runs() == {first, latest, alone, republished}, "the first of a data version says what is stale"
    assert (pruned.runs, pruned.step_logs) == (2, 4)
    assert recorded.step_logs() == set()
    assert recorded.instance.get_run_by_id(latest).tags[LOG_TAG] == "removed by prune_history"
    assert _events(recorded, superseded) == _events(recorded, published) == 0
    assert not (recorded.home / "storage" / latest).exists()


def test_a_second_pass_finds_nothing(recorded_anywhere: Recorded) -> None:
    for _ in range(3):
        recorded_anywhere.run(DAY)
    prune(recorded_anywhere.instance, 7, now=later(8))
    again = prune(recorded_anywhere.instance, 7, now=later(9))
    assert (again.runs, again.step_logs, again.events) == (0, 0, 0)


def test_what_is_not_old_stays_whole(recorded_anywhere: Recorded) -> None:
    for _ in range(3):
        recorded_anywhere.run(DAY)
    runs, logs = recorded_anywhere.runs(), recorded_anywhere.step_logs()
    assert prune(recorded_anywhere.instance, 7, now=later(6)).runs == 0
    assert (recorded_anywhere.runs(), recorded_anywhere.step_logs()) == (runs, logs)


def test_a_dry_run_tells_and_removes_nothing(recorded_anywhere: Recorded) -> None:
    recorded = recorded_anywhere
    for _ in range(3):
        recorded.run(DAY)
    recorded.instance.report_runless_asset_event(dg.AssetObservation("log_files"))
    before = shown(recorded.instance, DEFINITIONS, AUGUST), recorded.runs(), recorded.step_logs()
    told = prune(recorded.instance, 7, now=later(8), dry_run=True)
    assert (shown(recorded.instance, DEFINITIONS, AUGUST), recorded.runs(), recorded.step_logs()) == before
    done = prune(recorded.instance, 7, now=later(8))
    assert (told.runs, told.step_logs, told.events) == (done.runs, done.step_logs, done.events)


def test_a_failure_that_stands_keeps_its_log_and_one_that_was_mended_goes(recorded_anywhere: Recorded) -> None:
    recorded = recorded_anywhere
    mended = recorded.run(DAY, fails="1")
    recorded.run(DAY)
    recorded.run(NEXT)
    stands = recorded.run(NEXT, fails="1")
    before = shown(recorded.instance, DEFINITIONS, AUGUST)
    assert before["raw_events status"]["failed"] == {NEXT}
    log = recorded.instance.all_logs(stands)
    prune(recorded.instance, 7, now=later(8))
    assert shown(recorded.instance, DEFINITIONS, AUGUST) == before
    assert recorded.instance.all_logs(stands) == log != []
    assert LOG_TAG not in recorded.instance.get_run_by_id(stands).tags
    assert mended not in recorded.step_logs()


def test_a_failed_check_is_shown_until_it_passes(recorded_anywhere: Recorded) -> None:
    recorded = recorded_anywhere
    recorded.run(DAY, wrong="1")
    recorded.run(NEXT, wrong="1")
    (check,) = DEFINITIONS.resolve_asset_graph().asset_check_keys
    for passed in (False, True):
        prune(recorded.instance, 7, now=later(8))
        (record,) = recorded.instance.event_log_storage.get_asset_check_execution_history(check, limit=5)
        assert (record.status.value == "SUCCEEDED") is passed
        recorded.run(NEXT)


@pytest.mark.parametrize("status", [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTED])
def test_runs_that_wait_or_work_are_not_looked_at(recorded_anywhere: Recorded, status: dg.DagsterRunStatus) -> None:
    recorded = recorded_anywhere
    run = _run_of(recorded, "cowrie_assets", status)
    recorded.run()
    prune(recorded.instance, 7, now=later(60))
    assert run in recorded.runs()


def test_what_was_recorded_beside_runs_is_pruned_as_well(recorded_anywhere: Recorded) -> None:
    recorded = recorded_anywhere
    for number in range(5):
        note = dg.AssetObservation("log_files", metadata={"changed_logs": number})
        recorded.instance.report_runless_asset_event(note)
        recorded.instance.report_runless_asset_event(dg.AssetMaterialization("raw_events", partition=DAY))
        evaluation = dg.AssetCheckEvaluation(
            asset_key=dg.AssetKey("session_summaries"), check_name="_rows_add_up", passed=number == 4, metadata={}
        )
        recorded.instance.report_runless_asset_event(evaluation)
        recorded.instance.report_runless_asset_event(dg.AssetObservation("of_another_location"))
    recorded.run(NEXT)
    before = shown(recorded.instance, DEFINITIONS, AUGUST)
    prune(recorded.instance, 7, now=later(8))
    assert shown(recorded.instance, DEFINITIONS, AUGUST) == before
    left = {
        name: len(recorded.instance.fetch_observations(dg.AssetKey(name), limit=10).records)
        for name in ("log_files", "of_another_location")
    }
    assert left == {"log_files": 2, "of_another_location": 5}


def test_the_newest_number_is_never_given_twice(recorded: Recorded) -> None:
    """SQLite would: a sensor whose cursor stands at the number would take the next event as seen."""
    recorded.run()
    newest = _newest(recorded)
    prune(recorded.instance, 7, now=later(8))
    assert _newest(recorded) == newest


def test_runs_of_other_code_locations_stay(recorded: Recorded) -> None:
    ours, theirs = (_ended_run(recorded, location) for location in ("cowrie_assets", "another_project"))
    recorded.run()
    recorded.run()
    prune(recorded.instance, 7, now=later(8))
    assert theirs in recorded.runs()
    assert ours not in recorded.runs()


def test_a_backfill_in_progress_keeps_its_runs(recorded_anywhere: Recorded) -> None:
    recorded = recorded_anywhere
    backfill = _backfill()
    recorded.instance.add_backfill(backfill)
    wanted, gone = recorded.run(DAY, **{"dagster/backfill": backfill.backfill_id}), recorded.run(DAY)
    for _ in range(2):
        recorded.run(DAY)
    first = recorded.runs()
    assert {wanted, gone} < first
    prune(recorded.instance, 7, now=later(8))
    assert wanted in recorded.runs()
    assert wanted in recorded.step_logs() or recorded.step_logs() == set()
    assert gone not in recorded.runs()


def test_an_end_that_the_sensor_has_not_looked_at_stays(recorded: Recorded) -> None:
    seen, unseen = recorded.run(), recorded.run()
    _note_cursor(recorded, seen)
    recorded.run()
    recorded.run()
    prune(recorded.instance, 7, now=later(8))
    records = recorded.instance.fetch_run_status_changes(dg.DagsterEventType.RUN_SUCCESS, limit=10).records
    assert unseen in {record.run_id for record in records}
    assert seen not in {record.run_id for record in records}


def test_files_that_a_kill_left_behind_go(recorded: Recorded) -> None:
    known, left, fresh = recorded.run(DAY), recorded.run(), recorded.run()
    recorded.run()
    for run_id in (left, fresh):
        recorded.instance.run_storage.delete_run(run_id)
    logs = recorded.home / "history" / "runs"
    (logs / "not-a-run.db").touch()
    for run_id in (known, left):
        for path in (logs / f"{run_id}.db", recorded.home / "storage" / run_id):
            os.utime(path, (1e9, 1e9))
    os.utime(logs / "not-a-run.db", (1e9, 1e9))
    assert prune(recorded.instance, 7).files_of_no_run == 1
    assert {known, fresh, "not-a-run"} < recorded.step_logs()
    assert left not in recorded.step_logs()
    assert not (recorded.home / "storage" / left).exists()


def test_stopped_half_way_it_goes_on(recorded_anywhere: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = recorded_anywhere
    for _ in range(6):
        recorded.run(DAY)
    before = shown(recorded.instance, DEFINITIONS, AUGUST)
    monkeypatch.setattr("cowrie_assets.history.prune.RUNS_AT_ONCE", 2)
    with monkeypatch.context() as patch:
        removed = iter(range(3))
        patch.setattr("cowrie_assets.history.prune.remove_files", lambda *of: _remove_or_stop(removed, *of))
        with pytest.raises(KeyboardInterrupt):
            prune(recorded.instance, 7, now=later(8))
    assert shown(recorded.instance, DEFINITIONS, AUGUST) == before
    prune(recorded.instance, 7, now=later(8))
    assert shown(recorded.instance, DEFINITIONS, AUGUST) == before
    assert len(recorded.runs()) == 2
    assert recorded.step_logs() == set()


def test_our_assets_are_those_of_the_definitions() -> None:
    from cowrie_assets.definitions import defs

    assert set(ASSETS) == {key.to_user_string() for key in defs.resolve_all_asset_keys()}


def _remove_or_stop(left: Iterator[int], instance: dg.DagsterInstance, run_id: str) -> None:
    remove_files(instance, run_id)
    if next(left) == 2:
        raise KeyboardInterrupt


def _newest(recorded: Recorded) -> int:
    with events_of(recorded.instance).index_connection() as connection:
        ((newest,),) = (row.values() for row in rows(connection, "newest_event"))
    return int(newest)


def _ended_run(recorded: Recorded, location: str) -> str:
    return _run_of(recorded, location, dg.DagsterRunStatus.SUCCESS)


def _run_of(recorded: Recorded, location: str, status: dg.DagsterRunStatus) -> str:
    origin = RemoteJobOrigin(_repository(location), "publish")
    job = DEFINITIONS.resolve_job_def("publish")
    return recorded.instance.create_run_for_job(
        job, status=status, remote_job_origin=origin, job_code_origin=_CODE
    ).run_id


def _repository(location: str) -> RemoteRepositoryOrigin:
    code = ManagedGrpcPythonEnvCodeLocationOrigin(LoadableTargetOrigin(python_file="x.py"), location)
    return RemoteRepositoryOrigin(code, "__repository__")


def _backfill():
    return PartitionBackfill(
        backfill_id="abcdefgh",
        partition_set_origin=None,
        status=BulkActionStatus.REQUESTED,
        partition_names=[DAY],
        from_failure=False,
        reexecution_steps=None,
        tags={},
        backfill_timestamp=datetime.now(UTC).timestamp(),
    )


def _note_cursor(recorded: Recorded, run_id: str) -> None:
    """Let the sensor `failures` have looked at the end of a run."""
    changes = recorded.instance.fetch_run_status_changes(dg.DagsterEventType.RUN_SUCCESS, limit=10).records
    (number,) = (record.storage_id for record in changes if record.run_id == run_id)
    origin = RemoteInstigatorOrigin(_repository("cowrie_assets"), "failures")
    cursor = json.dumps({dg.DagsterEventType.RUN_SUCCESS.value: number})
    recorded.instance.add_instigator_state(
        InstigatorState(
            origin, InstigatorType.SENSOR, InstigatorStatus.DECLARED_IN_CODE, SensorInstigatorData(cursor=cursor)
        )
    )


def test_a_light_run_of_the_live_day_stays_a_day(recorded_anywhere: Recorded) -> None:
    """There is one each minute or two; one that failed is kept as long as any run."""
    first, superseded, latest = (recorded_anywhere.run(DAY, job="ingest_live") for _ in range(3))
    failed = recorded_anywhere.run(NEXT, job="ingest_live", fails="1")
    checked, last = (recorded_anywhere.run(NEXT) for _ in range(2))
    prune(recorded_anywhere.instance, 7, now=later(0.9))
    assert superseded in recorded_anywhere.runs()
    before = shown(recorded_anywhere.instance, DEFINITIONS, AUGUST)
    prune(recorded_anywhere.instance, 7, now=later(1.1))
    assert shown(recorded_anywhere.instance, DEFINITIONS, AUGUST) == before
    assert recorded_anywhere.runs() == {first, latest, failed, checked, last}
