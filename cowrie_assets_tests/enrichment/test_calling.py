"""What a call makes of a service that fails: bounded in time and size, told apart, silent about keys and answers."""

import logging
import socket
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from cowrie_assets.clock import US_PER_SECOND
from cowrie_assets.enrichment.access import Key
from cowrie_assets.enrichment.calling import BOUNDS, Bounds, CallError, call
from cowrie_assets.enrichment.quota import LONGEST_CALL_US, Outcome
from cowrie_assets.enrichment.services import SERVICES
from cowrie_assets_tests.enrichment.playing import SECRET, SILENT, Player, Way, WhoisPlayer, access_to, played

HASH = "ab" * 32
SHORT = Bounds(connect=1, silence=0.2, whole=0.5)
(LOOKUP,) = SERVICES["virustotal"].lookups


@pytest.fixture
def player() -> Iterator[Player]:
    with played() as server:
        yield server


def fail(player: Player, way: Way, bounds: Bounds = BOUNDS) -> CallError:
    player.ways.append(way)
    with pytest.raises(CallError) as raised:
        call(access_to(player.url, "virustotal"), Key(SECRET), LOOKUP, [HASH], bounds)
    assert len(player.calls) == 1, "a call is one request: it is repeated above, where it is booked"
    shown = "".join(traceback.format_exception(raised.value))
    assert SECRET not in shown
    assert "<html>" not in shown
    return raised.value


def test_no_call_lasts_longer_than_the_ledger_takes_it_to() -> None:
    assert BOUNDS.whole * US_PER_SECOND < LONGEST_CALL_US


@pytest.mark.parametrize(
    ("way", "outcome", "passing", "retry_after", "sentence"),
    [
        (Way(401), Outcome.REFUSED, False, None, "does not take the key (401): look at COWRIE_VIRUSTOTAL_KEY=env:"),
        (Way(403), Outcome.REFUSED, False, None, "does not take the key (403)"),
        (Way(429), Outcome.OVER_MINUTE, False, None, "is asked too often (429)"),
        (Way(429, headers={"Retry-After": "90"}), Outcome.OVER_MINUTE, False, 90, "too often"),
        (Way(503, headers={"Retry-After": "9"}), Outcome.FAILED, True, 9, "answered 503"),
        (Way(500, b"<html>"), Outcome.FAILED, True, None, "answered 500"),
        (Way(400), Outcome.FAILED, False, None, "answered 400"),
        (Way(204, b""), Outcome.FAILED, False, None, "answered 204"),
        (Way(200, b"<html><h1>Bad gateway</h1></html>"), Outcome.FAILED, True, None, "no JSON"),
        (Way(200, b'{"data": {"attributes": '), Outcome.FAILED, True, None, "no JSON"),
        (Way(200, b'{"error": "quota"}'), Outcome.FAILED, True, None, "without 'data'"),
        (
            Way(200, b'{"data": {"id": "%b", "attributes": {}}}' % HASH.encode()),
            *(Outcome.FAILED, True, None, "without 'last_analysis_stats'"),
        ),
        (Way(404, SECRET.encode()), Outcome.FAILED, False, None, "repeats its key"),
        (Way(200, length=100_000), Outcome.FAILED, True, None, "gave no answer that can be read"),
        (Way(200, length=40), Outcome.FAILED, True, None, "no JSON"),
        (Way(hangs_up=True), Outcome.FAILED, True, None, "broke off"),
        (Way(200, SECRET.join(['{"data": "', '"}']).encode()), Outcome.FAILED, False, None, "repeats its key"),
    ],
)
def test_how_a_call_fails(
    player: Player, way: Way, outcome: Outcome, passing: bool, retry_after: float | None, sentence: str
) -> None:
    error = fail(player, way)
    assert (error.outcome, error.passing, error.retry_after) == (outcome, passing, retry_after)
    assert sentence in str(error)


@pytest.mark.parametrize(
    "way",
    [
        pytest.param(Way(never=True), id="says nothing"),
        pytest.param(Way(trickle=0.05), id="trickles"),
    ],
)
def test_a_slow_answer_is_not_waited_for(player: Player, way: Way) -> None:
    error = fail(player, way, SHORT)
    assert str(error) == "did not answer in time"
    assert error.passing


def test_a_head_that_trickles_is_not_waited_for() -> None:
    """Each line of it comes in time, so no bound of the socket ends it."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\n")
                while not ended.wait(0.05):
                    connection.sendall(b"X-More: 1\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(CallError, match="did not answer in time"):
            call(access_to(url, "virustotal"), Key(SECRET), LOOKUP, [HASH], SHORT)
        ended.set()
        thread.join()


def test_a_long_answer_is_cut(player: Player) -> None:
    error = fail(player, Way(200, b" " * (10 * 1024 * 1024 + 1)))
    assert str(error) == "answered with more than 10,485,760 bytes"
    assert not error.passing


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(player: Player, status: int) -> None:
    with played() as other:
        error = fail(player, Way(status, headers={"Location": f"{other.url}api/v3/files/{HASH}"}))
        assert other.calls == []
    assert str(error) == f"redirects ({status}), which is not followed"


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
    with pytest.raises(CallError, match="cannot be reached: Connection refused") as raised:
        call(access_to(url, "virustotal"), Key(SECRET), LOOKUP, [HASH])
    assert raised.value.passing


def test_an_answer_that_is_waited_for_is_told_once(player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cowrie_assets.enrichment.calling._SLOW", 0.05)
    told = threading.Semaphore(0)
    player.ways.append(Way(before=lambda: told.acquire(timeout=30)))
    call(access_to(player.url, "virustotal"), Key(SECRET), LOOKUP, [HASH], is_slow=told.release)
    assert not told.acquire(blocking=False)


def test_a_service_without_key_or_contact_says_what_to_set(player: Player) -> None:
    player.ways.append(Way(403))
    (lookup,) = SERVICES["dshield"].lookups
    with pytest.raises(CallError, match="set COWRIE_DSHIELD_KEY or COWRIE_DSHIELD_CONTACT"):
        call(access_to(player.url, "dshield"), Key(None), lookup, ["5.188.62.1"])


def test_no_login_of_netrc_and_no_log_line(
    player: Player, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret-of-mine\n")
    monkeypatch.setenv("NETRC", str(netrc))
    caplog.set_level(logging.DEBUG)
    call(access_to(player.url, "virustotal"), Key(SECRET), LOOKUP, [HASH])
    assert "Authorization" not in player.calls[0].headers
    assert SECRET not in caplog.text
    assert HASH not in caplog.text
    assert SECRET not in repr(Key(SECRET))


def test_a_whois_socket_that_stalls_or_says_nothing() -> None:
    (lookup,) = SERVICES["cymru"].lookups
    player = WhoisPlayer()
    try:
        player.way = SILENT
        with pytest.raises(CallError, match="did not answer in time"):
            call(access_to(player.url, "cymru"), Key(None), lookup, ["5.188.62.1"], SHORT)
        player.way = "cut"
        with pytest.raises(CallError, match="without a line about any address"):
            call(access_to(player.url, "cymru"), Key(None), lookup, ["5.188.62.1"], SHORT)
    finally:
        player.close()
