"""What `ingest` says where there is nothing to read, and of logs that moved."""

from pathlib import Path

from cowrie_assets_tests import events
from cowrie_assets_tests.cli.conftest import Cowrie
from cowrie_assets_tests.loading import write_log


def test_a_renamed_folder_whose_events_name_their_sensor_is_told(cowrie: Cowrie, tmp_path: Path) -> None:
    root = tmp_path / "logs"
    for number in (1, 2):
        lines = [events.line(number * 5 + each, sensor="fra-1") for each in range(5)]
        folder = write_log(root, lines, f"cowrie.json.{number}", "fra").parent
    assert "10 lines of 2 logs, " in cowrie("ingest", root).out
    folder.rename(root / "frankfurt")
    moved = cowrie("ingest", root)
    assert moved.code == 0
    assert moved.out == "2 logs have moved; nothing new.\n"
    assert f"2 logs lie in another folder than before ({folder}): what is stored stays as it is" in moved.err
    assert "`cowrie-assets reparse`" in moved.err
    again = cowrie("ingest", root)
    assert (again.out, again.err) == ("Nothing new: 2 logs are unchanged.\n", "")


def test_one_log_is_one_log(cowrie: Cowrie, tmp_path: Path) -> None:
    path = write_log(tmp_path / "logs", [events.line(1)])
    first = cowrie("ingest", path)
    assert first.out.startswith("1 line of 1 log, ")
    assert "New events of 1 day from" in first.out
    assert cowrie("ingest", path).out == "Nothing new: 1 log is unchanged.\n"
    assert "1 event of 1 day from" in cowrie("status").out


def test_nothing_to_prove_is_said_in_words(cowrie: Cowrie) -> None:
    cowrie("ingest", "--mode", "bulk")
    outcome = cowrie("ingest", "--prove")
    assert (outcome.code, outcome.out) == (0, "Every closed log was read whole: nothing to prove.\n")
