"""Who receives in these tests: a real HTTP server and a real SMTP server on loopback, told how to answer."""

import json
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from cowrie_assets_tests.in_thread import InThread

SECRET = "hunter2-correct-horse"


@dataclass(frozen=True)
class Answer:
    """How one request is answered: with `status`; 0 cuts the connection instead.

    It is answered once `when` is set, where there is one; `never` waits until the asker hangs up.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    when: threading.Event | None = None
    never: bool = False


@dataclass(frozen=True)
class Posted:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class WebServer:
    """Answers POSTs in turn as `answers` says, and with 200 when there are none left."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.posted: list[Posted] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.posted.append(Posted(self.path, dict(self.headers), body))
                answer = receiver.answers.pop(0) if receiver.answers else Answer()
                if answer.when:
                    answer.when.wait()
                if answer.never:
                    self.connection.recv(1)
                elif answer.status:
                    self.send_response(answer.status)
                    for name, value in answer.headers.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(f"I saw {body!r} {dict(self.headers)!r} {self.path}".encode())

            do_GET = do_POST

            def log_message(self, *_: object) -> None:
                """Not to the test's output."""

        self._server = InThread(ThreadingHTTPServer(("127.0.0.1", 0), Handler))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.port}/services/{SECRET}"

    def close(self) -> None:
        self._server.close()


@dataclass
class MailServer:
    """What it received, and how it answers; `refused` are recipients, `reply` overrides its word on the mail."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    reply: str = "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.reply.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.raw.append(envelope.content)
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
            self.secured.append(session.ssl is not None)
        return self.reply

    def log_in(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=self.logins[-1] == ("cowrie", SECRET), handled=False)


class _OnAFreePort(Controller):
    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(
    certificate: Path | None = None, *, implicit: bool = False, with_login: bool = False
) -> Iterator[MailServer]:
    """A running server: with a certificate it offers STARTTLS, or speaks TLS from the start where `implicit`."""
    received = MailServer()
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    controller = _OnAFreePort(
        received,
        hostname="127.0.0.1",
        port=0,
        ready_timeout=120,
        ssl_context=context if implicit else None,
        tls_context=None if implicit else context,
        authenticator=received.log_in if with_login else None,
        auth_required=with_login,
        auth_require_tls=context is not None and not implicit,
    )
    controller.start()
    received.port = controller.port
    try:
        yield received
    finally:
        controller.stop()


def make_certificate(folder: Path) -> Path:
    """A self-signed certificate of `localhost`, its key beside it."""
    path = folder / "server.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
            *("-keyout", path.with_suffix(".key"), "-out", path),
        ],
        check=True,
        capture_output=True,
    )
    return path
