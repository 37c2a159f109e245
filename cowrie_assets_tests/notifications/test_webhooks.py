"""Slack and the JSON webhook through a real HTTP server on loopback: what arrives, is refused, and stays secret."""

import json
import logging
import socket
import time
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path

import pytest

from cowrie_assets.notifications.message import Channel, DeliveryError
from cowrie_assets.notifications.slack import SlackChannel, slack_document
from cowrie_assets.notifications.webhook import WebhookChannel
from cowrie_assets_tests.notifications.messages import HOSTILE, hostile_message
from cowrie_assets_tests.notifications.receivers import SECRET, Answer, WebServer


@pytest.fixture
def references(web: WebServer, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("HOOK", web.url)
    monkeypatch.setenv("TOKEN", f"token-{SECRET}")
    return {"hook": "env:HOOK", "token": "env:TOKEN"}


@pytest.fixture(params=["slack", "webhook"])
def channel(request: pytest.FixtureRequest, references: dict[str, str]) -> Channel:
    if request.param == "slack":
        return SlackChannel(references["hook"], seconds=30)
    return WebhookChannel(references["hook"], references["token"], seconds=30)


def test_the_webhook_is_given_json_a_key_and_the_token(web: WebServer, references: dict[str, str]) -> None:
    WebhookChannel(web.url, references["token"]).send(hostile_message())
    (posted,) = web.posted
    assert posted.json == {"event": "digest", "commands": list(HOSTILE)}
    assert posted.headers["Content-Type"] == "application/json"
    assert posted.headers["Idempotency-Key"] == "0123abcd"
    assert posted.headers["Authorization"] == f"Bearer token-{SECRET}"


def test_without_a_token_there_is_no_authorization(web: WebServer) -> None:
    WebhookChannel(web.url).send(hostile_message())
    assert "Authorization" not in web.posted[0].headers


def test_slack_formats_links_and_mentions_nothing(web: WebServer, references: dict[str, str]) -> None:
    SlackChannel(references["hook"]).send(hostile_message())
    document = web.posted[0].json
    assert document == slack_document(hostile_message())
    header, commands, greetings = document["blocks"]
    assert header["text"] == {"type": "plain_text", "text": hostile_message().title, "emoji": False}
    assert greetings["text"]["text"] == "*Grüße*\n```\nżółć 日本\n```"
    for text in (commands["text"]["text"], document["text"]):
        assert not set(text) & set("<>@\x1b\u202e\x00")
        assert "&lt;!channel&gt;" in text
        assert "http://" not in text
    assert commands["text"]["text"].count("```") == 2
    assert commands["text"]["text"].count("`") == 6
    assert (document["unfurl_links"], document["unfurl_media"]) == (False, False)


def test_slack_keeps_within_its_limits() -> None:
    message = hostile_message()
    section = message.sections[0]
    many = type(section)("Many", ("<&>" * 33,) * 100)
    large = type(message)("digest", "k", 0, "t" * 400, (many,) * 60, {})
    document = json.loads(json.dumps(slack_document(large)))
    assert len(document["text"]) <= 4000
    assert len(document["blocks"]) == 50
    assert len(document["blocks"][0]["text"]["text"]) == 150
    for block in document["blocks"][1:]:
        assert 2000 < len(block["text"]["text"]) <= 3000
        assert block["text"]["text"].endswith("\n```")


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 403, 404, 410, 429, 500, 502, 503])
def test_what_is_no_200_was_not_taken(web: WebServer, channel: Channel, status: int) -> None:
    web.answers = [Answer(status, {"Location": web.url + "/elsewhere"})]
    with pytest.raises(DeliveryError, match=f"answered {status} ") as raised:
        channel.send(hostile_message())
    assert len(web.posted) == 1
    assert raised.value.retry_after == 0


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("120", 120, 120),
        ("999999999", 3600, 3600),
        ("-5", 0, 0),
        ("soon", 0, 0),
        ("9" * 5000, 0, 3600),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0),
    ],
)
def test_retry_after(web: WebServer, channel: Channel, header: str, least: float, most: float) -> None:
    web.answers = [Answer(429, {"Retry-After": header})]
    with pytest.raises(DeliveryError) as raised:
        channel.send(hostile_message())
    assert least <= raised.value.retry_after <= most


def test_retry_after_a_date(web: WebServer, channel: Channel) -> None:
    web.answers = [Answer(503, {"Retry-After": formatdate(time.time() + 300, usegmt=True)})]
    with pytest.raises(DeliveryError) as raised:
        channel.send(hostile_message())
    assert 200 <= raised.value.retry_after <= 300


def test_an_answer_that_is_late_cut_or_never_comes(
    web: WebServer, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.answers = [Answer(never=True), Answer(status=0)]
    with pytest.raises(DeliveryError, match=r"did not answer within 0\.3 s"):
        replace(channel, seconds=0.3).send(hostile_message())
    with pytest.raises(DeliveryError, match="broke off the connection"):
        channel.send(hostile_message())
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setenv("HOOK", f"http://127.0.0.1:{port}/{SECRET}")
    with pytest.raises(DeliveryError, match="cannot be reached"):
        channel.send(hostile_message())


@pytest.mark.parametrize("status", [0, 302, 401, 500])
def test_no_error_and_no_log_tells_the_address_or_the_token(
    web: WebServer, channel: Channel, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    web.answers = [Answer(status)]
    with caplog.at_level(logging.DEBUG), pytest.raises(DeliveryError) as raised:
        channel.send(hostile_message())
    error: BaseException | None = raised.value
    while error is not None:
        assert SECRET not in str(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    assert SECRET not in caplog.text
    assert SECRET not in repr(channel)


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        (f"http://example.org/{SECRET}", "must begin with https://"),
        (f"https://example.org/{SECRET}\r\nHost: x", "is no URL"),
        (SECRET, "is no URL"),
        (f"file:///etc/{SECRET}", "is no URL"),
    ],
)
def test_a_secret_that_is_no_address_is_refused_unseen(
    channel: Channel, value: str, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK", value)
    with pytest.raises(DeliveryError, match=complaint) as raised:
        channel.send(hostile_message())
    assert SECRET not in str(raised.value)


def test_a_token_that_would_break_the_header_is_refused_unseen(web: WebServer, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{SECRET}\nX-Evil: 1")
    with pytest.raises(DeliveryError, match="holds no token") as raised:
        WebhookChannel(web.url, f"file:{tmp_path / 'token'}").send(hostile_message())
    assert SECRET not in str(raised.value)
    assert web.posted == []


def test_secrets_that_are_not_there_are_named(web: WebServer) -> None:
    for channel in (SlackChannel("env:NONE"), WebhookChannel("env:NONE"), WebhookChannel(web.url, "env:NONE")):
        with pytest.raises(DeliveryError, match="env:NONE"):
            channel.send(hostile_message())


def test_a_proxy_never_sees_what_stays_on_this_machine(web: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    WebhookChannel(web.url).send(hostile_message())
    assert len(web.posted) == 1
