"""A read-only TAXII 2.1 server (OASIS, 2021) over the feeds beside the reports, below `/taxii2/`.

One API root with one collection: the indicators of the two newest months, of the newest week and day. A feed is read
where it changed since; the bytes of an object are those of the feed. The date on which an object was added is that of
its newest version.
"""

import base64
import os
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Self
from uuid import UUID, uuid5

import orjson
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cowrie_assets.reports.periods import REPORT_TYPES, ReportType
from cowrie_assets.reports.ways import FEEDS

MEDIA_TYPE = "application/taxii+json;version=2.1"
STIX_NAME = "indicators.stix.json"
_COLLECTION = str(uuid5(UUID("6c2e0e4c-3b1f-5a57-9d0a-4f0f4d1c7a11"), "collection"))
_NEWEST: Mapping[ReportType, int] = {"monthly": 2, "weekly": 1, "daily": 1}
_MOST_OBJECTS = 1_000
"""Of a page, whatever is asked for."""
_ABOUT_COLLECTION = {
    "id": _COLLECTION,
    "title": "Indicators",
    "description": "Seen by Cowrie honeypots: the two newest months, the newest week and day",
    "can_read": True,
    "can_write": False,
    "media_types": ["application/stix+json;version=2.1"],
}
_DIGITS = re.compile(r"[0-9]{1,9}")
_BEHIND_ALL_IDS = "~"
_TYPES = frozenset({"application/taxii+json", "application/*", "*/*"})


@dataclass(frozen=True, slots=True)
class _Object:
    """One object of a feed, by what it is filtered by."""

    added: str
    """When its version was made: a time in UTC with milliseconds, which sorts as text."""
    id: str
    type: str
    content: bytes

    @property
    def manifest_entry(self) -> dict[str, str]:
        """What a manifest says of it."""
        stix = "application/stix+json;version=2.1"
        return {"id": self.id, "date_added": self.added, "version": self.added, "media_type": stix}

    @property
    def key(self) -> tuple[str, str]:
        """What pages go by."""
        return self.added, self.id


class Feeds:
    """The objects of the newest feeds, in the order in which they were added."""

    def __init__(self, report_dir: Path) -> None:
        self._folder = report_dir / FEEDS
        self._lock = Lock()
        self._stands: tuple[tuple[Path, int], ...] = ()
        self._objects: Sequence[_Object] = ()

    def objects(self) -> Sequence[_Object]:
        """As the feeds stand at this moment; a new list where they changed."""
        with self._lock:
            stands = tuple(self._standing())
            if stands != self._stands:
                self._objects, self._stands = _newest_versions(path for path, _ in stands), stands
            return self._objects

    def _standing(self) -> Iterator[tuple[Path, int]]:
        for report_type in REPORT_TYPES:
            folder = self._folder / report_type
            try:
                periods = sorted((entry.name for entry in os.scandir(folder) if entry.is_dir()), reverse=True)
            except OSError:
                continue
            for period in periods[: _NEWEST[report_type]]:
                path = folder / period / STIX_NAME
                try:
                    yield path, path.stat().st_mtime_ns
                except OSError:
                    continue


def _newest_versions(paths: Iterator[Path]) -> Sequence[_Object]:
    found: dict[str, _Object] = {}
    for path in paths:
        for each in orjson.loads(path.read_bytes())["objects"]:
            known = found.get(each["id"])
            if known is None or known.added < each["modified"]:
                found[each["id"]] = _Object(each["modified"], each["id"], each["type"], orjson.dumps(each))
    return sorted(found.values(), key=lambda each: each.key)


def taxii_application(report_dir: Path) -> Starlette:
    """The server, to be mounted at `/taxii2`. Each path of the standard ends with a slash."""
    feeds = Feeds(report_dir)

    async def discovery(request: Request) -> Response:
        root = f"{request.base_url}taxii2/api/"
        return _answer(request, {"title": "cowrie_assets", "default": root, "api_roots": [root]})

    async def api_root(request: Request) -> Response:
        return _answer(request, {"title": "Cowrie honeypots", "versions": [MEDIA_TYPE], "max_content_length": 1})

    async def collections(request: Request) -> Response:
        return _answer(request, {"collections": [_ABOUT_COLLECTION]})

    async def collection(request: Request) -> Response:
        _require_collection(request)
        return _answer(request, _ABOUT_COLLECTION)

    async def objects(request: Request) -> Response:
        page = await page_of(request)
        return _answer(request, page.envelope("objects", (each.content for each in page.objects)), page.headers)

    async def manifest(request: Request) -> Response:
        page = await page_of(request)
        entries = (orjson.dumps(each.manifest_entry) for each in page.objects)
        return _answer(request, page.envelope("objects", entries), page.headers)

    async def versions(request: Request) -> Response:
        page = await page_of(request)
        return _answer(
            request, page.envelope("versions", (orjson.dumps(each.added) for each in page.objects)), page.headers
        )

    async def page_of(request: Request) -> _Page:
        _require_collection(request)
        return _Page.of(await run_in_threadpool(feeds.objects), request)

    return Starlette(
        routes=[
            Route("/", discovery),
            Route("/api/", api_root),
            Route("/api/collections/", collections),
            Route("/api/collections/{collection}/", collection),
            Route("/api/collections/{collection}/manifest/", manifest),
            Route("/api/collections/{collection}/objects/", objects),
            Route("/api/collections/{collection}/objects/{object}/", objects),
            Route("/api/collections/{collection}/objects/{object}/versions/", versions),
        ],
        exception_handlers={HTTPException: _refused},
    )


@dataclass(frozen=True, slots=True)
class _Page:
    """What of the objects one answer has."""

    objects: Sequence[_Object]
    next: str | None
    """What the request for the next page names; None: this is the last."""

    @classmethod
    def of(cls, objects: Sequence[_Object], request: Request) -> Self:
        """The page that a request asks for. Raises HTTPException where its filters cannot be."""
        asked = request.query_params
        limit = _number(asked.get("limit"))
        after = _key_of(asked["next"]) if "next" in asked else (asked.get("added_after", ""), _BEHIND_ALL_IDS)
        ids = _listed(request.path_params.get("object") or asked.get("match[id]"))
        types = _listed(asked.get("match[type]"))
        start = bisect_right(objects, after, key=lambda each: each.key)
        wanted = (
            each
            for each in islice(objects, start, None)
            if (ids is None or each.id in ids) and (types is None or each.type in types)
        )
        found = list(islice(wanted, limit + 1))
        if ids is not None and "object" in request.path_params and not found:
            raise HTTPException(404, "no such object")
        more = len(found) > limit
        return cls(found[:limit], _token_of(found[limit - 1].key) if more else None)

    @property
    def headers(self) -> dict[str, str]:
        """Between which dates the objects of the page were added."""
        if not self.objects:
            return {}
        first, last = self.objects[0].added, self.objects[-1].added
        return {"X-TAXII-Date-Added-First": first, "X-TAXII-Date-Added-Last": last}

    def envelope(self, name: str, parts: Iterable[bytes]) -> bytes:
        """The answer's content: parts of JSON below a name, and whether there are more."""
        ends = b"" if self.next is None else b', "next": ' + orjson.dumps(self.next)
        more = b"false" if self.next is None else b"true"
        return b'{"more": ' + more + ends + b', "' + name.encode() + b'": [' + b", ".join(parts) + b"]}"


def _number(asked: str | None) -> int:
    if asked is None:
        return _MOST_OBJECTS
    if _DIGITS.fullmatch(asked) is None or int(asked) == 0:
        raise HTTPException(400, "limit is a number from 1 on")
    return min(int(asked), _MOST_OBJECTS)


def _listed(asked: str | None) -> frozenset[str] | None:
    return None if asked is None else frozenset(asked.split(","))


def _token_of(key: tuple[str, str]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(key)).decode()


def _key_of(token: str) -> tuple[str, str]:
    try:
        added, number = orjson.loads(base64.urlsafe_b64decode(token))
    except ValueError:
        raise HTTPException(400, "next is what an earlier answer named") from None
    return str(added), str(number)


def _require_collection(request: Request) -> None:
    if request.path_params["collection"] != _COLLECTION:
        raise HTTPException(404, "no such collection")


def _answer(
    request: Request, content: Mapping[str, object] | bytes, headers: Mapping[str, str] | None = None
) -> Response:
    accepted = {each.partition(";")[0].strip() for each in request.headers.get("Accept", "*/*").split(",")}
    if not accepted & _TYPES:
        raise HTTPException(406, f"answers are {MEDIA_TYPE}")
    body = content if isinstance(content, bytes) else orjson.dumps(content)
    return Response(body, headers=dict(headers or {}) | {"Content-Type": MEDIA_TYPE})


async def _refused(_: Request, error: Exception) -> Response:
    """An error as the standard has it, without a word of what was asked for."""
    if not isinstance(error, HTTPException):
        raise error
    told = {"title": error.detail, "http_status": str(error.status_code)}
    headers = dict(error.headers or {}) | {"Content-Type": MEDIA_TYPE}
    return Response(orjson.dumps(told), error.status_code, headers)
