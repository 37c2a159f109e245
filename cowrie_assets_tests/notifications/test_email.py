"""Mail through a real SMTP server on loopback: TLS and login as wanted, and nothing an attacker wrote in a header."""

import logging
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from cowrie_assets.notifications.email import EmailChannel, mail_of
from cowrie_assets.notifications.message import DeliveryError
from cowrie_assets_tests.notifications.messages import HOSTILE, hostile_message
from cowrie_assets_tests.notifications.receivers import SECRET, MailServer, mail_server


def channel_to(server: MailServer, **changes: object) -> EmailChannel:
    plain = EmailChannel(
        "localhost",
        server.port,
        "starttls if offered",
        "cowrie@example.org",
        ("a@example.org", "b@example.org"),
        seconds=5,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


@pytest.fixture
def password(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("MAIL_PASSWORD", SECRET)
    return "env:MAIL_PASSWORD"


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


@pytest.fixture
def secure(certificate: Path) -> Iterator[MailServer]:
    """Offers STARTTLS, and wants a login behind it."""
    with mail_server(certificate, with_login=True) as server:
        yield server


def test_a_mail_of_text_and_html(mail: MailServer) -> None:
    assert channel_to(mail).send(hostile_message()) is None
    (received,) = mail.mails
    assert received["From"] == "cowrie@example.org"
    assert received["To"] == "a@example.org, b@example.org"
    assert received["Message-ID"] == "<0123abcd@example.org>"
    assert received["Auto-Submitted"] == "auto-generated"
    assert parsedate_to_datetime(received["Date"]) == datetime.fromtimestamp(1_788_242_400, UTC)
    assert received.get_content_type() == "multipart/alternative"
    text, html = received.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert "żółć 日本" in text.get_content()
    assert "żółć 日本" in html.get_content()


def test_attackers_reach_no_header_and_no_markup(mail: MailServer) -> None:
    channel_to(mail).send(hostile_message())
    (received,) = mail.mails
    assert set(received.keys()) >= {"From", "To", "Subject"}
    assert "Bcc" not in received
    assert received["Subject"].isascii()
    assert "\\r\\nBcc" in received["Subject"]
    text, html = (part.get_content() for part in received.iter_parts())
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    for body in (text.replace("\r\n", "\n"), html.replace("\r\n", "\n")):
        assert "http://1.2.3.4" not in body
        assert "hxxp://1[.]2[.]3[.]4/x.sh" in body
        assert not set(body) & set("\x1b\u202e\u2028\x00\r")
    assert len(mail.raw[0]) < 8_000
    assert max(map(len, mail.raw[0].split(b"\r\n"))) <= 998


def test_the_mail_is_the_same_for_every_attempt() -> None:
    first, second = (mail_of(hostile_message(), "c@example.org", ("a@example.org",)) for _ in range(2))
    assert (
        first["Message-ID"] == second["Message-ID"] != mail_of(hostile_message("ff"), "c@example.org", ())["Message-ID"]
    )


def test_starttls_and_login(secure: MailServer, password: str, trusted: None) -> None:
    channel_to(secure, encryption="starttls", user="cowrie", password=password).send(hostile_message())
    assert (secure.logins, secure.secured) == ([("cowrie", SECRET)], [True])


def test_a_certificate_that_nobody_vouches_for_is_refused(secure: MailServer, password: str) -> None:
    for encryption in ("starttls", "starttls if offered"):
        with pytest.raises(DeliveryError, match="CERTIFICATE") as raised:
            channel_to(secure, encryption=encryption, user="cowrie", password=password).send(hostile_message())
        assert SECRET not in str(raised.value)
    assert (secure.logins, secure.mails) == ([], [])


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_tls_from_the_start(certificate: Path, password: str, trusted: None) -> None:
    with mail_server(certificate, implicit=True, with_login=True) as server:
        channel_to(server, encryption="tls", user="cowrie", password=password).send(hostile_message())
        assert (server.logins, len(server.mails)) == ([("cowrie", SECRET)], 1)


def test_without_encryption_where_it_is_wanted_nothing_is_sent(mail: MailServer, password: str) -> None:
    with pytest.raises(DeliveryError, match="offers no encryption"):
        channel_to(mail, encryption="starttls", user="cowrie", password=password).send(hostile_message())
    assert (mail.mails, mail.logins) == ([], [])


def test_a_wrong_password_is_told_without_it(
    secure: MailServer, trusted: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "wrong-hunter2")
    with caplog.at_level(logging.DEBUG), pytest.raises(DeliveryError, match="refused the login of cowrie") as raised:
        channel_to(secure, user="cowrie", password="env:MAIL_PASSWORD").send(hostile_message())
    assert "hunter2" not in str(raised.value)
    assert raised.value.__cause__ is None
    assert all("hunter2" not in record.getMessage() for record in caplog.records if record.name != "mail.log")


def test_a_secret_that_is_not_there_is_named(mail: MailServer) -> None:
    with pytest.raises(DeliveryError, match="COWRIE_SMTP_PASSWORD: env:NOT_THERE"):
        channel_to(mail, user="cowrie", password="env:NOT_THERE").send(hostile_message())


def test_recipients_refused(mail: MailServer) -> None:
    mail.refused = {"b@example.org"}
    assert "refused 1 of 2 recipients" in (channel_to(mail).send(hostile_message()) or "")
    mail.refused = {"a@example.org", "b@example.org"}
    with pytest.raises(DeliveryError, match="refused every recipient"):
        channel_to(mail).send(hostile_message())
    assert len(mail.mails) == 1


def test_the_servers_word_is_told_on_one_line(mail: MailServer) -> None:
    mail.reply = "451 later \x1b[31m please"
    with pytest.raises(DeliveryError, match=r"answered 451: later \\x1b\[31m please"):
        channel_to(mail).send(hostile_message())


def test_a_server_that_is_gone_or_hangs(mail: MailServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(DeliveryError, match="in time"):
            channel_to(mail, host="127.0.0.1", port=port, seconds=0.2).send(hostile_message())
    with pytest.raises(DeliveryError, match="cannot be reached"):
        channel_to(mail, host="127.0.0.1", port=port).send(hostile_message())


def test_a_mail_that_was_taken_is_sent_though_the_goodbye_fails() -> None:
    """A server that takes the mail and answers QUIT with an error."""
    answers = iter(["250 hello", "250 from", "250 to", "354 go on", "250 taken", "500 what"])

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 here\r\n")
            in_mail = False
            for line in lines:
                if in_mail and line != b".\r\n":
                    continue
                in_mail = line.upper() == b"DATA\r\n"
                connection.sendall(next(answers).encode() + b"\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        channel = EmailChannel(
            "127.0.0.1", listener.getsockname()[1], "none", "a@example.org", ("b@example.org",), seconds=3
        )
        assert channel.send(hostile_message()) is None
        thread.join()
    assert next(answers, None) is None


def test_texts_are_all_shown(mail: MailServer) -> None:
    channel_to(mail).send(hostile_message())
    assert mail.mails[0].get_body(("plain",)).get_content().count("\n  ") == len(HOSTILE) + 1  # type: ignore[union-attr]
