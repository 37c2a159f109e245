"""A wrong setting takes nothing down: the code location loads, and each tick and run says what is wrong."""

import json
import subprocess
import sys
from typing import Any

import pytest

from cowrie_assets.clock import today
from cowrie_assets.errors import SettingsError
from cowrie_assets.settings import first_day

_PROGRAM = """
from cowrie_assets.definitions import defs
from cowrie_assets.defs.partitions import FIRST_DAY
from cowrie_assets.defs.ticks import TickFailed

dg.Definitions.validate_loadable(defs)
repository = defs.get_repository_def()
instance = dg.DagsterInstance.ephemeral()
noon = datetime.datetime(2026, 9, 1, 12, tzinfo=datetime.UTC)
said = {}
for sensor in repository.sensor_defs:
    context = dg.build_sensor_context(
        instance=instance, repository_def=repository, sensor_name=sensor.name, resources=dict(defs.resources)
    )
    said[sensor.name] = (sensor, context)
for schedule in repository.schedule_defs:
    context = dg.build_schedule_context(
        instance=instance, repository_def=repository, scheduled_execution_time=noon, resources=dict(defs.resources)
    )
    said[schedule.name] = (schedule, context)
for name, (definition, context) in said.items():
    try:
        said[name] = repr(definition.evaluate_tick(context))
    except TickFailed as error:
        said[name] = str(error)
run = defs.resolve_job_def("ingest").execute_in_process(
    instance=instance, tags={"dagster/partition": "2026-08-31"}, raise_on_error=False
)
failed = [event.step_failure_data for event in run.get_step_failure_events()]
said["run"] = [failure.error.message for failure in failed if failure.user_failure_data is not None]
retried = [event for event in run.all_events if event.event_type_value == "STEP_UP_FOR_RETRY"]
with open("said.json", "w") as file:
    json.dump({"said": said, "first_day": FIRST_DAY.isoformat(), "retried": len(retried)}, file)
"""
_EACH = """
import json, datetime, os, sys
import dagster as dg

for folder, environment in json.loads(sys.argv[1]).items():
    if not (process := os.fork()):
        os.chdir(folder)
        os.environ |= environment
        exec(sys.argv[2])
        sys.exit()
    assert os.waitpid(process, 0)[1] == 0
"""
"""Runs a program in each folder under an environment, in a process of its own that has loaded Dagster and nothing of
ours: that takes longer than all that the program does."""
TICKS = {
    *("new_logs", "stale_reports", "unpublished_reports", "digests", "failures", "unrecorded_work"),
    "unanswered_values",
    *(
        "close_day",
        "close_week",
        "close_month",
        "prove_closed_logs",
        "check_everything",
        "check_every_stored_row",
        "maintain_warehouse",
        "check_what_changed",
        "keep_history_small",
        "look_at_downloads",
        "look_for_campaigns",
        "share_what_is_known",
        "back_up_warehouse",
        "archive_old_days",
        "treat_old_days",
    ),
}


WRONG = {
    "COWRIE_FIRST_DAY": ("yesterday", "COWRIE_FIRST_DAY must be a day such as 2026-08-31"),
    "COWRIE_SENSORS_FILE": ("nowhere.toml", "COWRIE_SENSORS_FILE nowhere.toml cannot be read"),
    "COWRIE_REPORT_URL": ("ftp://reports", "COWRIE_REPORT_URL is written https://"),
    "COWRIE_QUIET_SECONDS": ("soon", "COWRIE_QUIET_SECONDS must be a whole number"),
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What the code location says under each wrong variable, loaded in a process of its own as each of Dagster's
    services loads it."""
    folders, environments = {name: tmp_path_factory.mktemp(name) for name in WRONG}, {}
    for name, (value, _) in WRONG.items():
        folder = folders[name]
        usual = {"COWRIE_DATABASE_URL": f"sqlite:///{folder / 'w.db'}", "COWRIE_LOG_ROOT": str(folder)}
        environments[str(folder)] = usual | {name: value}
    command = [sys.executable, "-c", _EACH, json.dumps(environments), _PROGRAM]
    ran = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return {name: json.loads((folder / "said.json").read_text()) for name, folder in folders.items()}


@pytest.mark.parametrize("name", WRONG)
def test_the_code_location_loads_and_each_tick_and_run_says_what_is_wrong(
    loaded: dict[str, dict[str, Any]], name: str
) -> None:
    complaint, told = WRONG[name][1], loaded[name]
    assert told["first_day"] == "2020-01-01"
    assert told["said"].keys() == {*TICKS, "health", "left_runs", "run"}
    assert f"settings_can_be_used: {complaint}" in told["said"]["health"]
    for where in TICKS:
        assert complaint in told["said"][where], where
    (said,) = told["said"]["run"]
    assert complaint in said
    assert told["retried"] == 0


def test_a_first_day_that_would_make_absurdly_many_partitions_or_none_is_refused() -> None:
    assert first_day({}) is None
    assert first_day({"COWRIE_FIRST_DAY": str(today())}) == today()
    for value in ("0002-01-01", "1969-12-31", "9998-01-01"):
        with pytest.raises(SettingsError, match="COWRIE_FIRST_DAY must lie between 1970-01-01 and today"):
            first_day({"COWRIE_FIRST_DAY": value})
