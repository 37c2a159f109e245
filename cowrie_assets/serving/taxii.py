"""A read-only TAXII 2.1 server (OASIS, 2021) over the feeds beside the reports, below `/taxii2/`.

One API root with one collection: the indicators of the two newest months, of the newest week and day, as
`indicators.collection` wrote them, with the date on which each came or changed. The file is read where it changed.
"""

import base64
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any, Self
from uuid import UUID, uuid5

import orjson
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cowrie_assets.reports.ways import collection_file

MEDIA_TYPE = "application/taxii+json;version=2.1"
_COLLECTION = str(uuid5(UUID("6c2e0e4c-3b1f-5a57-9d0a-4f0f4d1c7a11"), "collection"))
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
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?Z")
_SPEC_VERSION = "2.1"
_ANY_VERSION = frozenset({"all", "first", "last"})
"""There is one version of each object."""
_TYPES = frozenset({"application/taxii+json", "application/*", "*/*"})


@dataclass(frozen=True, slots=True)
class _Object:
    """One object of a feed, by what it is filtered by."""

    added: str
    """When this version came to the collection: a time in UTC with milliseconds, which sorts as text."""
    id: str
    type: str
    version: str
    """When it was made; as `added`."""
    content: bytes

    @property
    def manifest_entry(self) -> dict[str, str]:
        """What a manifest says of it."""
        stix = "application/stix+json;version=2.1"
        return {"id": self.id, "date_added": self.added, "version": self.version, "media_type": stix}

    @property
    def key(self) -> tuple[str, str]:
        """What pages go by."""
        return self.added, self.id


class Collection:
    """The objects, in the order in which they came."""

    def __init__(self, report_dir: Path) -> None:
        self._file = collection_file(report_dir)
        self._lock = Lock()
        self._stands: int | None = None
        self._objects: Sequence[_Object] = ()

    def objects(self) -> Sequence[_Object]:
        """As they stand at this moment; a new list where they changed."""
        with self._lock:
            try:
                stands = self._file.stat().st_mtime_ns
                if stands != self._stands:
                    self._objects, self._stands = list(map(_object, self._entries())), stands
            except FileNotFoundError:
                self._objects, self._stands = (), None
            return self._objects

    def _entries(self) -> Sequence[Mapping[str, Any]]:
        entries: Sequence[Mapping[str, Any]] = orjson.loads(self._file.read_bytes())["objects"]
        return entries


def _object(entry: Mapping[str, Any]) -> _Object:
    each = entry["object"]
    return _Object(entry["date_added"], each["id"], each["type"], each["modified"], orjson.dumps(each))


def taxii_application(report_dir: Path) -> Starlette:
    """The server, to be mounted at `/taxii2`. Each path of the standard ends with a slash."""
    collection_of = Collection(report_dir)

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
            request, page.envelope("versions", (orjson.dumps(each.version) for each in page.objects)), page.headers
        )

    async def page_of(request: Request) -> _Page:
        _require_collection(request)
        return _Page.of(await run_in_threadpool(collection_of.objects), request)

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
        after = _key_of(asked["next"]) if "next" in asked else (_time(asked.get("added_after")), _BEHIND_ALL_IDS)
        ids = _listed(request.path_params.get("object") or asked.get("match[id]"))
        types = _listed(asked.get("match[type]"))
        versions = _versions(asked.get("match[version]"))
        if _SPEC_VERSION not in (_listed(asked.get("match[spec_version]")) or {_SPEC_VERSION}):
            objects = ()
        if "object" in request.path_params and not any(each.id in (ids or ()) for each in objects):
            raise HTTPException(404, "no such object")
        start = bisect_right(objects, after, key=lambda each: each.key)
        wanted = (
            each
            for each in islice(objects, start, None)
            if (ids is None or each.id in ids)
            and (types is None or each.type in types)
            and (versions is None or each.version in versions)
        )
        found = list(islice(wanted, limit + 1))
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


def _time(asked: str | None) -> str:
    """A time as objects have it; before all of them without one."""
    if asked is None:
        return ""
    try:
        return _milliseconds(asked)
    except ValueError:
        raise HTTPException(400, "added_after is a time, as 2026-08-31T00:00:00.000Z") from None


def _milliseconds(asked: str) -> str:
    """A time of RFC 3339 in UTC, cut to milliseconds. Raises ValueError."""
    if _TIME.fullmatch(asked) is None:
        raise ValueError
    moment = datetime.fromisoformat(asked).astimezone(UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _versions(asked: str | None) -> frozenset[str] | None:
    """The versions that are asked for; None: any. Raises HTTPException."""
    wanted = _listed(asked)
    if wanted is None or wanted & _ANY_VERSION:
        return None
    try:
        return frozenset(map(_milliseconds, wanted))
    except ValueError:
        raise HTTPException(400, "match[version] is all, first, last, or times") from None


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
    if not any(map(_is_answered, request.headers.get("Accept", "*/*").split(","))):
        raise HTTPException(406, f"answers are {MEDIA_TYPE}")
    body = content if isinstance(content, bytes) else orjson.dumps(content)
    return Response(body, headers=dict(headers or {}) | {"Content-Type": MEDIA_TYPE})


def _is_answered(media_type: str) -> bool:
    """Whether one media type of an Accept header is, or holds, that of the answers. Without a version it is the newest
    that the server has; another one is not served."""
    name, *parameters = (each.strip().lower() for each in media_type.split(";"))
    versions = {each.removeprefix("version=").strip('"') for each in parameters if each.startswith("version=")}
    return name in _TYPES and versions <= {_SPEC_VERSION}


async def _refused(_: Request, error: Exception) -> Response:
    """An error as the standard has it, without a word of what was asked for."""
    if not isinstance(error, HTTPException):
        raise error
    told = {"title": error.detail, "http_status": str(error.status_code)}
    headers = dict(error.headers or {}) | {"Content-Type": MEDIA_TYPE}
    return Response(orjson.dumps(told), error.status_code, headers)
