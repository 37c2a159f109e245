"""Events in words: every kind that Cowrie writes, and whatever stands in one."""

import json
from typing import Any

import pytest

from cowrie_assets.cowrie.counting import counts_as
from cowrie_assets.reports.pages.timeline import MOST_CHARACTERS, Entry, StoredEvent, entry_of
from cowrie_assets.warehouse.codec import encode_text
from cowrie_assets_tests.reports.render.hostile import HOSTILE

SHA = "ab" * 32


def told(eventid: str, **fields: Any) -> Entry:
    payload = json.dumps({"eventid": eventid, **fields})
    event = StoredEvent(encode_text(eventid), int(counts_as(eventid, fields)), encode_text(payload), len(payload))
    return entry_of(3, 1_500_000, event)


def words(entry: Entry) -> str:
    """`typed: ls`, with the name of each value in front of it."""
    return f"{entry.what}: " + ", ".join(f"{value.name} {value.text}".strip() for value in entry.values)


@pytest.mark.parametrize(
    ("eventid", "fields", "shown"),
    [
        (
            "cowrie.session.connect",
            {"src_ip": "192.0.2.1", "src_port": 4000, "dst_port": 2222, "protocol": "ssh"},
            "connected: from 192.0.2.1, port 4000, to port 2222, protocol ssh",
        ),
        ("cowrie.client.version", {"version": "b'SSH-2.0-Go'"}, "client version: SSH-2.0-Go"),
        ("cowrie.client.kex", {"hassh": "0a1b"}, "HASSH: 0a1b"),
        ("cowrie.login.success", {"username": "root", "password": "x"}, "logged in as: root, with x"),
        ("cowrie.login.failed", {"username": "root", "password": ""}, "failed to log in as: root, with"),
        ("cowrie.login.success", {"username": "root", "fingerprint": "0f"}, "logged in as: root, key 0f"),
        ("cowrie.client.size", {"width": 80, "height": 24}, "terminal size: columns 80, rows 24"),
        ("cowrie.command.input", {"input": "uname -a"}, "typed: uname -a"),
        ("cowrie.command.input", {"input": "s3cret", "realm": "passwd"}, "answered a program: s3cret, of passwd"),
        ("cowrie.command.input", {"input": ["x"]}, "typed: "),
        ("cowrie.command.failed", {"input": "nope"}, "no such command: nope"),
        (
            "cowrie.session.file_download",
            {"shasum": SHA.upper(), "url": "http://192.0.2.1/x", "destfile": "/tmp/x"},
            f"stored a file: {SHA}, url http://192.0.2.1/x, name x",
        ),
        ("cowrie.session.file_download", {"shasum": SHA, "realm": "r"}, f"stored a file: {SHA}"),
        (
            "cowrie.session.file_download.failed",
            {"url": "http://192.0.2.1/x"},
            "failed to download: url http://192.0.2.1/x",
        ),
        ("cowrie.session.file_upload", {"shasum": SHA, "filename": "../e\n.sh"}, f"uploaded a file: {SHA}, name e.sh"),
        (
            "cowrie.direct-tcpip.request",
            {"dst_ip": "2001:db8::1", "dst_port": 25},
            "asked for a tunnel to: [2001:db8::1]:25",
        ),
        ("cowrie.log.closed", {"ttylog": "var/tty/x", "size": 9}, "recording ended: var/tty/x, bytes 9"),
        ("cowrie.session.closed", {"duration_ms": 1500}, "disconnected: after 1.5 s"),
        ("elasticpot.attack", {"message": "hello"}, "elasticpot.attack: hello"),
        ("cowrie.session.params", {"arch": None}, "opened a shell: "),
    ],
)
def test_in_words(eventid, fields, shown):
    entry = told(eventid, **fields)
    assert words(entry) == shown
    assert (entry.place, entry.after_us) == (3, 1_500_000)


def test_what_may_be_a_password_is_marked_as_one():
    assert [value.is_secret for value in told("cowrie.login.failed", username="a", password="b").values] == [
        False,
        True,
    ]
    assert [value.is_secret for value in told("cowrie.command.input", input="a", realm="b").values] == [True, False]
    assert told("cowrie.session.input", input="a", realm="b").values[0].is_secret


@pytest.mark.parametrize("attack", HOSTILE)
def test_no_text_makes_it_fail(attack):
    text = HOSTILE[attack]
    entry = told("cowrie.command.input", input=text)
    assert [value.text for value in entry.values] == [text[:MOST_CHARACTERS]]
    assert all(value.characters == len(text) for value in entry.values)
    told(text or "x", message=text, input=text, shasum=text, url=text)


def test_of_a_very_long_event_the_beginning_stands_as_it_was_logged():
    beginning = '{"eventid":"cowrie.command.input","input":"aaaa'
    entry = entry_of(1, 0, StoredEvent("cowrie.command.input", 1, beginning, 90_000))
    (value,) = entry.values
    assert (value.name, value.text, value.characters, value.is_secret) == ("begins", beginning, 90_000, True)
