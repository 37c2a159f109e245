"""Metrics over HTTP, for a Prometheus of this machine: one path, on a port of its own."""

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def metrics_application(text: Callable[[], bytes]) -> Starlette:
    """`GET /metrics`. A request must name this machine as its host, as for reports."""

    async def metrics(_: Request) -> Response:
        return Response(await run_in_threadpool(text), headers={"Content-Type": _CONTENT_TYPE})

    return Starlette(
        routes=[Route("/metrics", metrics)],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"], www_redirect=False)],
    )


def by_port(port: int, there: ASGIApp, otherwise: ASGIApp) -> ASGIApp:
    """`there` for what comes in on `port`, `otherwise` for all else."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        came_in_on = (scope.get("server") or (None, None))[1]
        await (there if came_in_on == port else otherwise)(scope, receive, send)

    return application
