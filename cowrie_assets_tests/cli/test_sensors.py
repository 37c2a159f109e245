"""`cowrie-assets sensors list`."""

from pathlib import Path

import pytest

from cowrie_assets_tests.cli.conftest import Cowrie


def test_sensors_of_the_file_and_of_events(ingested: Cowrie, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A sensor stands under the name that the file gives it; one that never wrote is told."""
    before = ingested("sensors", "list", "--format", "json").json["sensors"]
    assert before and all(each["days"] and not each["in_sensors_file"] for each in before)
    named, *others = (each["name"] for each in before)
    file = tmp_path / "sensors.toml"
    file.write_text(
        f'[[sensor]]\nname = "frankfurt"\naliases = ["{named}"]\nclock_offset = 1.5\n[[sensor]]\nname = "never"\n'
    )
    monkeypatch.setenv("COWRIE_SENSORS_FILE", str(file))
    assert ingested("reparse").code == 0
    after = {each["name"]: each for each in ingested("sensors", "list", "--format", "json").json["sensors"]}
    frankfurt = after["frankfurt"]
    assert (frankfurt["written_as"], frankfurt["aliases"]) == ([named], [named])
    assert frankfurt["clock_offset_seconds"] == 1.5 and frankfurt["clock_offsets_taken_off_seconds"] == [1.5]
    assert frankfurt["first_day"] <= frankfurt["last_day"]
    assert set(others) <= set(after) and named not in after
    told = ingested("sensors", "list")
    assert "frankfurt" in told.out and "1.5 s" in told.out
    assert told.err == "Note: no session of never is stored: does its logpath hold logs?\n"
