"""`cowrie-assets reparse`, and what `status` and `doctor` tell of sensors' names."""

import re
import shutil
from pathlib import Path

import pytest

from cowrie_assets_tests import events
from cowrie_assets_tests.cli.conftest import Cowrie
from cowrie_assets_tests.loading import write_log

CASES = Path(__file__).parents[1] / "cases"


@pytest.fixture
def case(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cowrie: Cowrie) -> Path:
    """A copy of the case named by the test's parameter, its logs the log root."""
    folder = tmp_path / "case"
    shutil.copytree(CASES / request.param, folder)
    monkeypatch.setenv("COWRIE_LOG_ROOT", str(folder / "logs"))
    return folder


@pytest.mark.parametrize("case", ["01_alias_added_later"], indirect=True)
def test_an_alias_added_later(case: Path, cowrie: Cowrie, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cowrie("ingest").code == 0
    monkeypatch.setenv("COWRIE_SENSORS_FILE", str(case / "s.toml"))
    told = "24 stored events were derived under other settings or by an older reader: run `cowrie-assets reparse`"
    assert told in cowrie("ingest").err
    assert told in cowrie("ingest", "--mode", "bulk").err
    assert told in cowrie("status").out.replace("\n", " ")
    assert cowrie("status", "--format", "json").json["outdated"] == {
        **{"events": 24, "logs": 2, "moved_events": 0, "moved_logs": 0}
    }
    assert told in cowrie("doctor").out
    valid = cowrie("validate")
    assert (valid.code, "24 events were derived under other settings" in valid.out) == (0, True)
    dry = cowrie("reparse", "--dry-run", "--format", "json")
    assert (dry.code, dry.json["dry_run"], dry.json["changed"]) == (0, True, 24)
    done = cowrie("reparse")
    assert done.code == 0
    assert "24 events of 2 days read again: 24 changed, 0 found to be one with another." in done.out
    assert (cowrie("ingest").err, cowrie("validate").code) == ("", 0)
    assert cowrie("status", "--format", "json").json["outdated"]["events"] == 0


@pytest.mark.parametrize("case", ["06_container_ids_silent"], indirect=True)
def test_one_machine_of_many_names(case: Path, cowrie: Cowrie, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cowrie("ingest").code == 0
    found = cowrie("status", "--format", "json").json["other_names"]
    assert [(each["folder"], len(each["events"])) for each in found] == [("cowrie", 9)]
    assert "logs of cowrie hold events of " in cowrie("status").out
    proposed = [line.strip() for line in cowrie("doctor").out.splitlines() if line.startswith("   ")]
    assert proposed[:2] == ["[[sensor]]", 'name = "cowrie"']
    (case / "sensors.toml").write_text("\n".join(proposed))
    monkeypatch.setenv("COWRIE_SENSORS_FILE", str(case / "sensors.toml"))
    assert cowrie("reparse").code == 0
    status = cowrie("status", "--format", "json").json
    assert (status["other_names"], [each["sensor"] for each in status["sensors"]]) == ([], ["cowrie"])
    assert cowrie("validate").code == 0
    assert "[[sensor]]" not in cowrie("doctor").out


def test_names_that_a_log_makes_long_are_cut(cowrie: Cowrie, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever writes a log chooses the length of `sensor` and `uuid`: here one machine had two names, one after the
    other, and under the last one an event of the future."""
    names = [name * 5_000 for name in "aaaabb"]
    times = [*(f"2026-08-28T10:00:0{second}Z" for second in range(4)), *(f"2199-01-0{day}T10:00:00Z" for day in (1, 2))]
    lines = [
        events.line(number, sensor=name, uuid="c" * 5_000, timestamp=at)
        for number, (name, at) in enumerate(zip(names, times, strict=True))
    ]
    write_log(tmp_path / "logs", lines, sensor="hp")
    monkeypatch.setenv("COWRIE_LOG_ROOT", str(tmp_path / "logs"))
    assert cowrie("ingest").code == 0
    status, doctor = cowrie("status").out, cowrie("doctor").out
    assert "logs of hp hold events of" in status
    assert "event in the future" in doctor
    assert "[[sensor]]" in doctor
    assert max(len(run) for run in re.findall("a{9,}|b{9,}|c{9,}", status.replace("\n", "") + doctor)) < 200


@pytest.mark.parametrize("case", ["06_container_ids_silent"], indirect=True)
def test_a_folder_of_the_sensors_file_is_one_sensor(
    case: Path, cowrie: Cowrie, monkeypatch: pytest.MonkeyPatch
) -> None:
    (case / "sensors.toml").write_text('[[sensor]]\nname = "tpot"\nlogpath = "logs/cowrie"\n')
    monkeypatch.setenv("COWRIE_SENSORS_FILE", str(case / "sensors.toml"))
    assert cowrie("ingest").code == 0
    status = cowrie("status", "--format", "json").json
    assert (status["other_names"], [each["sensor"] for each in status["sensors"]]) == ([], ["tpot"])
    assert cowrie("validate").code == 0


def test_what_must_be_a_text_and_is_none_is_told(
    cowrie: Cowrie, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_log(tmp_path / "logs", [events.line(3, input={"type": "log"}), events.line(4)])
    monkeypatch.setenv("COWRIE_LOG_ROOT", str(tmp_path / "logs"))
    assert "1 event holds an object or a list where a text must stand" in cowrie("ingest").out
    assert [each["unusual"] for each in cowrie("status", "--format", "json").json["sensors"]] == [1]
    assert "1 event holds an object or a list" in cowrie("status").out
    assert cowrie("validate").code == 0
