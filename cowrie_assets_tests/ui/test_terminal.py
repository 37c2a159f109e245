"""What Dagster's services print, as printed by 1.13.27, and what of it reaches the terminal."""

import pytest

from cowrie_assets.ui.terminal import ServiceOutput, shown_line

_DAEMON = "\x1b[32m2026-11-28 12:33:13 +0000\x1b[0m - dagster.daemon.SensorDaemon - \x1b[34m{}\x1b[0m - {}\n"


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-28 12:33:19 +0000 - dagster - DEBUG - ingest - a96e36f7 - 31082 - RUN_START - Started execution.\n",
        "2026-11-28 12:33:19 +0000 - dagster - INFO - ingest - a96e36f7 - raw_events - load: 12.0 of 480.0 MiB\n",
        _DAEMON.format("INFO", "Sensor stale_reports skipped: every report is up to date"),
        _DAEMON.format("WARNING", "No cursor for event type DagsterEventType.RUN_FAILURE, ignoring older events"),
        _DAEMON.format("ERROR", "Sensor tick caught an error: The log root '/logs' does not exist"),
    ],
)
def test_what_goes_well_or_is_said_again_is_not_shown(line: str) -> None:
    assert shown_line(line) is None


def test_warnings_errors_and_what_is_no_log_line_are_shown_without_colours() -> None:
    assert shown_line(_DAEMON.format("ERROR", "Sensor daemon caught an error")) == (
        "2026-11-28 12:33:13 +0000 - dagster.daemon.SensorDaemon - ERROR - Sensor daemon caught an error"
    )
    again = "2026-11-28 12:33:13 +0000 - dagster.daemon.SensorDaemon - ERROR - Sensor tick caught an error"
    assert shown_line(again) == again, "a stack follows"
    assert shown_line("    raise OSError(- dagster - INFO - )\n") == "    raise OSError(- dagster - INFO - )"
    warning = "2026-11-28 12:33:19 +0000 - dagster - WARNING - publish - 1 - Publishing stopped"
    assert shown_line(warning) == warning
    assert shown_line("\n") == ""


def test_no_character_steers_the_terminal() -> None:
    assert shown_line("\x1b[31mError\x1b[0m: \x1b[2J\x07\u202egnp.exe") == "Error: \\x1b[2J\\x07\\u202egnp.exe"


_ERROR = "2026-11-28 14:53:55 +0000 - dagster - ERROR - ingest - b8b3 - 25041 - "
_CHECK_FAILED = (
    "\n"
    "dagster._core.errors.DagsterAssetCheckFailedError: 1 blocking asset check failed with ERROR severity:\n"
    "raw_events: ledger_accounts_for_every_line\n"
    "\n"
    "Stack Trace:\n"
    '  File "/venv/dagster/_core/execution/plan/execute_step.py", line 543, in core_dagster_event_sequence_for_step\n'
    "    raise DagsterAssetCheckFailedError(\n"
    "\n"
)
_STEP = f'{_ERROR}check_days - STEP_FAILURE - Execution of step "check_days" failed.\n'
_RUN = f"{_ERROR}RUN_FAILURE - Execution of run for \"ingest\" failed. Steps failed: ['check_days'].\n"


def _shown(printed: str) -> list[str]:
    output = ServiceOutput()
    return [shown for line in printed.splitlines(keepends=True) if (shown := output.shown(line)) is not None]


def test_a_check_that_stops_its_run_is_named_once_without_dagsters_stack() -> None:
    after = f"{_ERROR}daily_report - Dependencies for step daily_report failed: ['check_days']. Not executing.\n"
    assert _shown(f"{_STEP}{_CHECK_FAILED}{after}{_RUN}{_CHECK_FAILED}what comes next\n") == [
        _STEP.rstrip(),
        "blocking checks failed: raw_events: ledger_accounts_for_every_line",
        after.rstrip(),
        _RUN.rstrip(),
        "what comes next",
    ]


def test_another_error_of_a_step_keeps_its_stack() -> None:
    bug = "KeyError: 'x'\n\nStack Trace:\n  File \"a.py\", line 1\n"
    assert _shown(f"{_STEP}\n{bug}") == [_STEP.rstrip(), *bug.splitlines()]
