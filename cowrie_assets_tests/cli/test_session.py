"""`cowrie-assets session` as a user runs it."""

import json
from pathlib import Path

import pytest

from cowrie_assets_tests.cli.conftest import Cowrie
from cowrie_assets_tests.recordings.recorded import record, recording

SQL = (
    "SELECT sensor, session_id, event_count, payload->>'$.ttylog' AS ttylog FROM raw_events JOIN session_summaries"
    " USING (sensor, session_id) WHERE event_type = 'cowrie.log.closed' AND command_count > 0"
    " AND {} (payload->'duplicate')::BOOLEAN ORDER BY 1, 2 LIMIT 1"
)


@pytest.fixture
def recorded(ingested: Cowrie) -> dict[str, str]:
    """A session of the sample that has a recording."""
    (row,) = ingested("query", SQL.format("NOT"), "--format", "json").json["rows"]
    return dict(row)


def test_the_timeline_in_words_and_as_json(ingested: Cowrie, recorded: dict[str, str]) -> None:
    told = ingested("session", recorded["session_id"], "--sensor", recorded["sensor"])
    assert told.out.startswith(f"session {recorded['session_id']} on {recorded['sensor']}\n  from ")
    assert "typed: " in told.out
    document = ingested("session", recorded["session_id"], "--format", "json").json
    assert len(document["events"]) == document["event_count"] == int(recorded["event_count"])
    assert document["events"][0]["at"] == document["first_event_at"]
    assert [each["ttylog"] for each in document["recordings"]] == [recorded["ttylog"]]
    short = ingested("session", recorded["session_id"], "--events", 5)
    assert f"... {int(recorded['event_count']) - 5} events left out: --events shows more" in short.out


def test_its_recording_is_played_and_written(
    ingested: Cowrie, recorded: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = ingested("session", recorded["session_id"], "--replay")
    assert missing.code == 1
    assert "is not there: looked for in" in missing.err
    monkeypatch.setenv("COWRIE_RECORDINGS_DIR", str(tmp_path))
    file = tmp_path / Path(recorded["ttylog"]).name
    file.write_bytes(recording(record(0, b"\x1b]0;evil\x07$ id\n"), record(9, b"uid=0\n")))
    played = ingested("session", recorded["session_id"], "--replay", "--max-wait", 0)
    assert played.out.startswith("$ id\r\nuid=0\r\n")
    assert "evil" not in played.out
    assert played.err == "Note: 1 sequence or characters that do more than draw were taken out.\n"
    cast = tmp_path / "out.cast"
    assert ingested("session", recorded["session_id"], "--asciicast", cast).code == 0
    assert [json.loads(line)[2] for line in cast.read_text().splitlines()[1:]] == [
        "\x1b]0;evil\x07$ id\r\n",
        "uid=0\r\n",
    ]
    assert cast.stat().st_mode & 0o777 == 0o600
    (other,) = ingested("query", SQL.format(""), "--format", "json").json["rows"]
    (tmp_path / Path(other["ttylog"]).name).write_bytes(recording())
    assert "Cowrie kept the recording of that one" in ingested("session", other["session_id"], "--replay").err
    file.write_bytes(recording()[:-1])
    for way in (["--replay"], ["--asciicast", tmp_path / "other.cast"]):
        damaged = ingested("session", recorded["session_id"], *way)
        assert (damaged.code, damaged.err) == (1, "Error: the recording ends in the middle of a record, at byte 24\n")
    assert not (tmp_path / "other.cast").exists()


def test_passwords_are_masked(ingested: Cowrie, recorded: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    password = ingested("session", recorded["session_id"], "--format", "json").json["password"]
    assert f", with {password}\n" in ingested("session", recorded["session_id"]).out
    monkeypatch.setenv("COWRIE_MASK_PASSWORDS", "on")
    masked = ingested("session", recorded["session_id"]).out
    assert f", with {password}\n" not in masked
    assert f"*** ({len(password)})" in masked


def test_what_is_no_session_or_several(ingested: Cowrie, tmp_path: Path) -> None:
    unknown = ingested("session", "\x1b[2J")
    assert (unknown.code, unknown.err) == (1, "Error: there is no session \\x1b[2J\n")
    assert "no log of a sensor 'nowhere' was read" in ingested("session", "a", "--sensor", "nowhere").err
