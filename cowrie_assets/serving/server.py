"""The web server: uvicorn on loopback, with an end to what a client can hold on to."""

import asyncio
import errno
import logging
import socket
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from cowrie_assets.serving.application import report_application
from cowrie_assets.serving.metrics import by_port, metrics_application

HOST = "127.0.0.1"
MOST_CONNECTIONS = 64
SECONDS_A_REQUEST = 30.0
"""How long a connection may take for one request and its answer, from the first byte to the last."""

_SECONDS_IDLE = 5
_SECONDS_TO_END = 3
_LONGEST_HEAD = 16 * 1024


@dataclass(frozen=True, slots=True)
class Metrics:
    """What a monitor may ask for, on a port of its own: the report server may be open to readers elsewhere."""

    port: int
    text: Callable[[], bytes]
    """The metrics as they are now, as Prometheus reads them."""


def serve_reports(
    report_dir: Path,
    port: int,
    report_url: str | None,
    ready: Callable[[], None],
    metrics: Metrics | None = None,
) -> None:
    """Serve the report folder, and metrics where they are given, on 127.0.0.1 until SIGINT or SIGTERM; calls `ready`
    once connections are taken.

    Raises OSError where a port cannot be had, and KeyboardInterrupt after SIGINT, when all is closed.
    """
    application: ASGIApp = report_application(report_dir, report_url)
    with ExitStack() as stack:
        listeners = [stack.enter_context(_listening(port, "--port"))]
        if metrics is not None:
            listeners.append(stack.enter_context(_listening(metrics.port, "COWRIE_METRICS_PORT")))
            application = by_port(metrics.port, metrics_application(metrics.text), application)
        config = uvicorn.Config(
            application,
            http=_BoundedProtocol,
            ws="none",
            loop="asyncio",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            h11_max_incomplete_event_size=_LONGEST_HEAD,
            timeout_keep_alive=_SECONDS_IDLE,
            timeout_graceful_shutdown=_SECONDS_TO_END,
        )
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # not a line for each malformed request
        ready()
        uvicorn.Server(config).run(sockets=listeners)


def _listening(port: int, named_by: str) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(MOST_CONNECTIONS)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise OSError(f"port {port} of {HOST} is taken; {named_by} names another one") from None
        raise OSError(f"port {port} of {HOST} cannot be had: {error.strerror}") from None
    return listener


class _BoundedProtocol(H11Protocol):
    """Closes a connection above the bound, and one whose request or answer does not come to an end."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
        else:
            self._start_deadline()

    def on_response_complete(self) -> None:
        self._start_deadline()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_deadline()
        super().connection_lost(exc)

    def _start_deadline(self) -> None:
        self._stop_deadline()
        self._deadline = self.loop.call_later(SECONDS_A_REQUEST, self.transport.abort)

    def _stop_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
