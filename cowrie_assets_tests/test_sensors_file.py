"""The sensors file: what it says, and that whatever it says wrongly is told with its file, sensor and key."""

import os
from pathlib import Path

import pytest

from cowrie_assets.errors import SettingsError
from cowrie_assets.sensor_registry import Sensor
from cowrie_assets.sensors_file import read_sensors_file
from cowrie_assets.settings import Settings

A, B = '[[sensor]]\nname = "a"\n', '[[sensor]]\nname = "b"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sensors.toml"


def complaint(file: Path, text: str) -> str:
    """What is said of a file, on one line, without the file's name."""
    file.write_text(text)
    with pytest.raises(SettingsError) as refused:
        read_sensors_file(file)
    (line,) = str(refused.value).splitlines()
    assert refused.value.__cause__ is None
    assert str(file) in line
    return line.replace(str(file), "FILE")


def test_every_key_is_read(file: Path) -> None:
    file.write_text(
        '[[sensor]]\nname = "hp-fra-01"\nlogpath = "fra/log"\naliases = ["3f2a9c0d1e4b"]\n'
        'uuids = ["1f0c8a52-0000-11f0-8000-0242ac120002"]\nclock_offset = "+02:00"\n' + B
    )
    assert read_sensors_file(file).sensors == (
        Sensor(
            name="hp-fra-01",
            logpath=file.parent / "fra/log",
            aliases=("3f2a9c0d1e4b",),
            clock_offset_us=2 * 3600 * 1_000_000,
            uuids=("1f0c8a52-0000-11f0-8000-0242ac120002",),
        ),
        Sensor(name="b"),
    )
    assert Settings.from_environment({"COWRIE_SENSORS_FILE": str(file)}).registry == read_sensors_file(file)


def test_an_empty_file_names_no_sensor(file: Path) -> None:
    file.write_text("")
    assert read_sensors_file(file).sensors == ()


@pytest.mark.parametrize(
    ("written", "seconds"),
    [('"+02:00"', 7200), ('"-0430"', -16200), ('"+2"', 7200), ("-90", -90), ("0.25", 0.25), ('"+24:00"', 86400)],
)
def test_clock_offsets(file: Path, written: str, seconds: float) -> None:
    file.write_text(f"{A}clock_offset = {written}")
    assert read_sensors_file(file).clock_offsets() == {"a": seconds * 1_000_000}


@pytest.mark.parametrize(
    "written",
    [
        *('"02:00"', '"+02:61"', '"+02:"', '"+0299"', '"two"', '""', '"+00:00 "', '"+٠٢:٠٠"', '"-25:00"'),
        *("true", "[]", "2026-08-31", "inf", "nan", "1e300", "86401"),
    ],
)
def test_an_offset_that_no_clock_has_is_an_error(file: Path, written: str) -> None:
    assert complaint(file, f"{B}{A}clock_offset = {written}").startswith("FILE: sensor 'a': clock_offset ")


@pytest.mark.parametrize(
    ("key", "meant"),
    [("clock_ofset", "clock_offset"), ("alias", "aliases"), ("log_path", "logpath"), ("uuid", "uuids")],
)
def test_a_misspelt_key_is_named_with_the_one_that_was_meant(file: Path, key: str, meant: str) -> None:
    said = complaint(file, f'{B}{A}{key} = "x"')
    assert said == f"FILE: sensor 'a': there is no key {key!r}; did you mean {meant}?"


def test_a_key_like_no_other_is_told_what_there_is(file: Path) -> None:
    known = "known are name, logpath, aliases, uuids, clock_offset, downloads, recordings"
    assert complaint(file, f"{A}host = 1") == f"FILE: sensor 'a': there is no key 'host'; {known}"
    assert complaint(file, '[[sensors]]\nname = "a"') == "FILE: there is no key 'sensors'; did you mean sensor?"


def test_the_file_of_the_older_tool_is_told_where_its_settings_belong(file: Path) -> None:
    said = complaint(file, f'[global]\ndb = "postgresql://u:hunter2@h/x"\nreport_dir = "r"\nvtapi = "hunter2"\n{A}')
    assert "COWRIE_DATABASE_URL" in said
    assert "COWRIE_REPORT_DIR" in said
    said += complaint(file, f'{A}vtapi = "hunter2"')
    assert "'vtapi' does not belong here" in said
    assert "hunter2" not in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[sensor]\nname = "a"', "sensors are written as [[sensor]], with two brackets"),
        ('sensor = ["a"]', "[[sensor]] number 1 must be a table of keys"),
        (f'{A}[[sensor]]\nlogpath = "x"', "[[sensor]] number 2: there is no name"),
        ('[[sensor]]\nname = " "', "[[sensor]] number 1: name must not be empty"),
        ("[[sensor]]\nname = 3", "[[sensor]] number 1: name must be a string"),
        ('[[sensor]]\nname = "a "', "sensor 'a ': name must not begin or end with a blank"),
        (f'{A}logpath = ""', "sensor 'a': logpath must not be empty"),
        (f'{A}logpath = "x\\u0000y"', "sensor 'a': logpath must not begin"),
        (f'{A}logpath = ["x", "y"]', "sensor 'a': logpath must be a string"),
        (f'{A}aliases = "x"', "sensor 'a': aliases must be a list of strings"),
        (f'{A}aliases = ["x", 3]', "sensor 'a': aliases must be a list of strings"),
        (f'{A}aliases = ["x", ""]', "sensor 'a': aliases: each must not be empty"),
        (f'{A}uuids = "x"', "sensor 'a': uuids must be a list of strings"),
        (f"{A}{A}", "two sensors called 'a'"),
        (f'{A}aliases = ["b"]\n{B}', "sensor 'a': the alias 'b' is the name of a sensor"),
        (f'{A}aliases = ["a"]', "sensor 'a': the alias 'a' is the name of a sensor"),
        (f'{A}aliases = ["x"]\n{B}aliases = ["y", "x"]', "the alias 'x' is given to two sensors, 'a' and 'b'"),
        (f'{A}uuids = ["x"]\n{B}uuids = ["x"]', "the uuid 'x' is given to two sensors, 'a' and 'b'"),
        (f'{A}uuids = ["x"]\n{B}uuids = ["X"]', "the uuid 'X' is given to two sensors, 'a' and 'b'"),
        ('[[sensor]]\nname = "aggregate"\n', "sensor 'aggregate': name must not be aggregate: so the report over all"),
        (f'{A}logpath = "x"\n{B}logpath = "y/../x/"', "is given to two sensors, 'a' and 'b'"),
        ("[[sensor]\n", "cannot be read: it is no TOML"),
        (f"{A}aliases = {'[' * 100_000}", "cannot be read: it is no TOML"),
    ],
)
def test_what_is_wrong_is_said(file: Path, text: str, said: str) -> None:
    assert said in complaint(file, text)


def test_a_relative_folder_is_taken_from_the_files_own_one(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the file itself is named from the folder that one works in: the path that is told is where it lies."""
    monkeypatch.chdir(file.parent.parent)
    file.write_text(f'{A}logpath = "../logs"\n')
    (sensor,) = read_sensors_file(Path(file.parent.name) / file.name).sensors
    assert sensor.logpath == file.parent / "../logs"


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"# \xe9")
    os.mkfifo(tmp_path / "pipe")
    faults = {"nowhere": "No such file", ".": "Is a directory", "pipe": "no file", "latin": "not written in UTF-8"}
    for name, reason in faults.items():
        with pytest.raises(SettingsError, match=f"COWRIE_SENSORS_FILE .* cannot be read: .*{reason}"):
            Settings.from_environment({"COWRIE_SENSORS_FILE": str(tmp_path / name)})
