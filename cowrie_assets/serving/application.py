"""The web application: which files of the report folder can be had, and under which headers.

It hands out the pages, texts and JSON documents that were written, the feeds beside them (also by TAXII, `taxii.py`),
and nothing else: no folder's listing (a folder
of reports leads to the index), no hidden
file or draft, no file that a link leads to outside the folder, no other kind of file.
"""

import os
import re
import stat
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path, PurePath
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cowrie_assets.reports.periods import REPORT_TYPES
from cowrie_assets.reports.sensors import AGGREGATE
from cowrie_assets.serving.taxii import taxii_application

_CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}
"""`no-cache`: a browser keeps a page and asks each time whether it still stands, for reports are written anew."""

_INDEX = "index.html"
_DEEPEST = 2
"""Folders hold types of reports, and these periods."""
_PERIOD = re.compile(r"[0-9]{4}-[0-9W][0-9-]{1,5}")
_NOTHING_YET = "No report is written yet. `cowrie-assets backfill FIRST LAST` writes those of a range of days.\n"


def report_application(report_dir: Path, report_url: str | None) -> Starlette:
    """The report folder as a web application; it need not exist yet. `report_url` is COWRIE_REPORT_URL.

    A request must name this machine, or the host of `report_url`, as its host: a page of an attacker's whose name was
    made to resolve to 127.0.0.1 gets nothing to read.
    """
    hosts = ["127.0.0.1", "localhost", *([] if report_url is None else [_host_of(report_url)])]
    return Starlette(
        routes=[Mount("/taxii2", taxii_application(report_dir)), Mount("/", ReportFolder(report_dir))],
        middleware=[
            Middleware(_StrictHeaders),
            Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False),
        ],
        exception_handlers={HTTPException: _told},
    )


def _host_of(url: str) -> str:
    host = urlsplit(url).hostname or ""
    return f"[{host}]" if ":" in host else host


class ReportFolder(StaticFiles):
    """Starlette's static files, cut down to the reports. `lookup_path` is what keeps a path within the folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, check_dir=False, follow_symlink=False)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file; of a folder of reports, which has no page of its own, the way to the index, or to the report of all
        sensors."""
        parts = PurePath(path).parts
        is_folder = 1 <= len(parts) <= _DEEPEST and parts[0] in REPORT_TYPES and not PurePath(path).suffix
        if is_folder and scope["method"] in ("GET", "HEAD"):
            return RedirectResponse(self._page_of(parts, scope))
        return await super().get_response(path, scope)

    def _page_of(self, parts: Sequence[str], scope: Scope) -> str:
        root = scope.get("root_path", "").rstrip("/")
        report = "/".join([*parts, f"{AGGREGATE}.html"])
        known = len(parts) == _DEEPEST and _PERIOD.fullmatch(parts[1]) and self.lookup_path(report)[1] is not None
        return f"{root}/{report}" if known else f"{root}/"

    async def check_config(self) -> None:
        """A folder that is not there has no files; it may come."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """The file that `path` means; no stat where it means none that is handed out."""
        wanted = PurePath(_INDEX if path == "." else path)
        if any(part.startswith(".") for part in wanted.parts) or wanted.suffix not in _CONTENT_TYPES:
            return "", None
        full_path, found = super().lookup_path(str(wanted))
        if found is None and path == ".":
            raise HTTPException(404, _NOTHING_YET)
        is_report = found is not None and stat.S_ISREG(found.st_mode) and PurePath(full_path).suffix == wanted.suffix
        return (full_path, found) if is_report else ("", None)

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The content as it stands at this moment, whole: a report may be replaced while it is sent."""
        try:
            content = Path(full_path).read_bytes()
        except FileNotFoundError:
            raise HTTPException(404) from None
        except PermissionError:
            raise HTTPException(403) from None
        etag = f'"{blake2b(content, digest_size=16).hexdigest()}"'
        headers = {"Content-Type": _CONTENT_TYPES[PurePath(full_path).suffix], "ETag": etag}
        response = Response(content, status_code, headers)
        if self.is_not_modified(response.headers, Headers(scope=scope)):
            return NotModifiedResponse(response.headers)
        return response


class _StrictHeaders:
    """Puts the headers on every answer, also on those that refuse."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await self._app(scope, receive, send_with_headers)


async def _told(_: Request, error: Exception) -> Response:
    """What was refused, without a word of what was asked for."""
    if not isinstance(error, HTTPException):
        raise error
    told = {403: "This file may not be read.\n", 404: "No such report.\n", 405: "Reports can only be read.\n"}
    detail = error.detail if error.detail == _NOTHING_YET else told.get(error.status_code, "It cannot be had.\n")
    return PlainTextResponse(detail, error.status_code, error.headers)
