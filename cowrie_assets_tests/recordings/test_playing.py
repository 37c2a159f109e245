"""A recording on a terminal, and as an asciicast."""

import io
import json
import os
from pathlib import Path

import pytest

from cowrie_assets.cowrie.ttylog import Direction, TtylogError, pieces
from cowrie_assets.recordings.display import RESTORE
from cowrie_assets.recordings.folders import RecordingError, open_recording, recording_folders
from cowrie_assets.recordings.playing import asciicast, play, usable_size
from cowrie_assets.sensor_registry import Sensor, SensorRegistry
from cowrie_assets.settings import Settings
from cowrie_assets_tests.recordings.recorded import START, record, recording

WHOLE = recording(
    record(0.5, b"\x1b]0;t\x07$ "),
    record(1.5, b"caf\xc3"),
    record(1.0, b"\xa9\n"),  # the clock went back
    record(2.0, b"ls\r", Direction.INPUT),
    record(60.0, b"\xff\r"),
    record(60.0, b"\nend\r\n"),
)
SHOWN = "$ caf" + "é\r\n" + "\ufffd\r\nend\r\n"


def test_it_is_played_as_it_ran_and_the_terminal_put_right() -> None:
    shown: list[str] = []
    waited: list[float] = []
    removed = play(pieces(io.BytesIO(WHOLE)), shown.append, speed=2.0, longest_wait=3.0, wait=waited.append)
    assert "".join(shown) == SHOWN + RESTORE + "\r\n"
    assert waited == [0.5, 0.5, 3.0]
    assert removed == 1


def test_a_damaged_one_is_shown_as_far_as_it_is_good() -> None:
    shown: list[str] = []
    with pytest.raises(TtylogError):
        play(pieces(io.BytesIO(recording(record(1, b"good")) + b"torn")), shown.append, wait=lambda _: None)
    assert "".join(shown) == "good" + RESTORE + "\r\n"


def test_an_asciicast_holds_everything() -> None:
    lines = list(asciicast(pieces(io.BytesIO(WHOLE)), "hp s\x1b", (132, 50)))
    assert b"".join(lines).isascii()
    header, *events = map(json.loads, lines)
    assert header == {"version": 2, "width": 132, "height": 50, "timestamp": START, "title": "hp s\x1b"}
    assert [(after, kind) for after, kind, _ in events] == [
        *((0.0, "o"), (1.0, "o"), (1.0, "o"), (1.5, "i"), (59.5, "o"), (59.5, "o"))
    ]
    assert "".join(text for _, kind, text in events if kind == "o") == "\x1b]0;t\x07" + SHOWN
    assert json.loads(next(asciicast(pieces(io.BytesIO(recording())), "", None)))["width"] == 80


@pytest.mark.parametrize(
    ("told", "size"),
    [
        ((80, 24), (80, 24)),
        (("132", "43"), (132, 43)),
        ((0, 24), None),
        ((10**9, 24), None),
        (("9" * 5000, 24), None),
        ((True, 24), None),
        ((None, 24), None),
    ],
)
def test_the_size_that_an_attacker_told(told: tuple[object, object], size: tuple[int, int] | None) -> None:
    assert usable_size(*told) == size


def test_a_recording_lies_in_the_folders_that_are_named_and_nowhere_else(tmp_path: Path) -> None:
    folder = tmp_path / "tty"
    folder.mkdir()
    (tmp_path / "secret").write_bytes(b"secret")
    (folder / "ab12").write_bytes(WHOLE)
    (folder / "link").symlink_to(tmp_path / "secret")
    os.mkfifo(folder / "pipe")
    with open_recording([tmp_path / "none", folder], "var/lib/cowrie/tty/ab12") as file:
        assert file.read() == WHOLE
    for ttylog in ("../secret", "/etc/passwd", "..", "", "tty/", ".hidden", "a\x00b", "x" * 200):
        with pytest.raises(RecordingError):
            open_recording([folder], ttylog)
    for ttylog in ("link", "pipe"):
        with pytest.raises(RecordingError, match="cannot be read"):
            open_recording([folder], ttylog)


def test_which_folders_are_a_sensors(tmp_path: Path) -> None:
    """Not those of another sensor: its recording of the same name shows another machine."""
    root, own = tmp_path / "logs", tmp_path / "own"
    log = root / "hp" / "cowrie.json"
    registry = SensorRegistry((Sensor("hp", recordings=own), Sensor("other", recordings=tmp_path / "theirs")))
    assert recording_folders(Settings(log_root=root, registry=registry), "hp", log) == [own, log.parent / "tty"]
    assert recording_folders(Settings(log_root=root), "hp", tmp_path / "elsewhere" / "cowrie.json") == []
    assert recording_folders(Settings(log_root=root, recordings_dir=own), "hp", log) == [own]
