"""Sessions, commands and files one by one."""

from datetime import date, timedelta

import pytest

from cowrie_assets.reports.access import iter_commands, iter_files, iter_sessions
from cowrie_assets.reports.sensors import UnknownSensorError
from cowrie_assets_tests.reports.facts import Facts, Login, Session, StoredFile, Verdicts
from cowrie_assets_tests.reports.test_document import MONDAY

SHASUM = "ab" * 32
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def three_days(warehouse):
    sessions = [
        Session(MONDAY - timedelta(days=1), commands={"before": 1}),
        Session(
            MONDAY,
            "hp-2",
            "192.0.2.9",
            commands={"w\x00": 2, "id": 1},
            files=(StoredFile(SHASUM, 1, 2, "http://x/\ud800"),),
        ),
        Session(MONDAY, "hp-1", None, None, logins=(Login("root", "a", 2, 1),), version="SSH-2.0-Go", closed=0),
        Session(TUESDAY, commands={"behind": 1}, files=(StoredFile("cd" * 32),)),
    ]
    verdicts = Verdicts({"id": 12}, malicious_files=frozenset({SHASUM}), listed_ips=frozenset({"192.0.2.9"}))
    Facts(warehouse).store(sessions, verdicts)
    return warehouse


def test_sessions_of_a_window_by_day_and_sensor(three_days):
    with three_days.read() as connection:
        found = list(iter_sessions(connection, MONDAY, TUESDAY))
    by_sensor = {session.sensor: session for session in found}
    first, second = by_sensor["hp-1"], by_sensor["hp-2"]
    assert (len(found), first.src_ip, first.protocol, first.client_version, first.closed) == (
        2,
        None,
        None,
        "SSH-2.0-Go",
        0,
    )
    assert (first.login_successes, first.login_failures, first.vt_flagged, first.dshield_flagged) == (1, 2, 0, 0)
    assert (second.command_count, second.file_downloads, second.file_uploads) == (3, 1, 2)
    assert (second.vt_flagged, second.dshield_flagged) == (1, 1)


def test_commands_are_as_typed(three_days):
    with three_days.read() as connection:
        found = {command.command: command for command in iter_commands(connection, MONDAY, TUESDAY)}
    assert {text: command.occurrences for text, command in found.items()} == {"w\x00": 2, "id": 1}
    assert (found["id"].risk_score, found["w\x00"].command_normalized) == (12, "w\x00")


def test_files_come_with_their_verdict(three_days):
    with three_days.read() as connection:
        (file,) = iter_files(connection, MONDAY, TUESDAY)
    assert (file.sensor, file.shasum, file.downloads, file.uploads) == ("hp-2", SHASUM, 1, 2)
    assert (file.download_url, file.vt_malicious, file.enrichment_status) == ("http://x/\ud800", 1, "enriched")


def test_one_sensor_or_all(three_days):
    with three_days.read() as connection:
        days = (MONDAY - timedelta(days=1), TUESDAY + timedelta(days=1))
        assert [each.command for each in iter_commands(connection, *days, "hp-1")] == ["before", "behind"]
        assert len(list(iter_commands(connection, *days))) == 4
        with pytest.raises(UnknownSensorError):
            iter_files(connection, *days, "nobody")


def test_rows_stream(warehouse):
    """Two iterators of one connection take turns: none has fetched its rows beforehand into the other's way."""
    Facts(warehouse).store([Session(MONDAY, commands={f"c{number}": 1}) for number in range(50)])
    with warehouse.read() as connection:
        sessions = iter_sessions(connection, MONDAY, TUESDAY, batch=3)
        commands = iter_commands(connection, MONDAY, TUESDAY, batch=7)
        pairs = list(zip(sessions, commands, strict=True))
    assert all(session.session_id == command.session_id for session, command in pairs)
    assert len(pairs) == 50


def test_an_empty_window_has_nothing(three_days):
    with three_days.read() as connection:
        assert list(iter_sessions(connection, date(2030, 1, 1), date(2031, 1, 1))) == []
        assert list(iter_sessions(connection, TUESDAY, MONDAY)) == []
