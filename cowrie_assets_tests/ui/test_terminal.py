"""What Dagster's services print, as printed by 1.13.27, and what of it reaches the terminal."""

import pytest

from cowrie_assets.ui.terminal import shown_line

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
