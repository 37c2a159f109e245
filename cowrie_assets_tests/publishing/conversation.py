"""Requests that a real server and the stand-in are asked alike, and what of an answer matters to publishing."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from cowrie_assets.publishing import index_definitions
from cowrie_assets.publishing.destination import Product
from cowrie_assets.publishing.server import Json
from cowrie_assets_tests.publishing.conftest import document

DAILY, ALIAS = "cowrie.reports.daily-000001", "cowrie.reports.daily-write"
PATTERN, SECOND = "cowrie.reports.daily-*", "cowrie.reports.daily-000002"

Asked = tuple[str, str, object]
"""Method, path, and the body: an object, or the text of a bulk request."""

_GOOD = document("daily", "2026-08-31", "hp-1", 10**15, 3)
_CHANGES = [
    {"complete": "perhaps"},
    {"complete": 1},
    {"complete": "false"},
    {"sessions": {"total": "many"}},
    {"sessions": {"total": "7"}},
    {"sessions": {"total": 1.5}},
    {"sessions": {"total": 2**63}},
    {"sessions": {"total": True}},
    {"sessions": "none"},
    {"sessions": {"protocols": {"a..b": 1, "": 2}}},
    {"sessions": {"total": None}},
    {"start": "2026-13-01"},
    {"start": "2026-02-30T00:00:00Z"},
    {"sensor": {"a": 1}},
    {"sensor": "x" * 40_000},
    {"sensor": "\ud800"},
    {"sensor": ["a", "b", None]},
    {"": 1},
    {" ": 1},
    {"a..b": 1},
    {".a": 1},
    {"unknown": {"": {"a..b": 1}}},
    {"commands": {"top_commands": [{"value": "x", "count": 1}, "text"]}},
]
"""What a report never has, and a server may or may not take."""


def conversation(product: Product) -> Iterator[Asked]:
    """On a server that has nothing, and no lifecycle policies."""
    yield from _templates(product)
    yield from _indices()
    yield from _documents()
    yield from _searches()
    yield from _aliases()
    yield from _blocks()
    yield from _closing()


def _templates(product: Product) -> Iterator[Asked]:
    path = "/_index_template/cowrie.reports.daily"
    policies = "/_ilm/policy" if product == "elasticsearch" else "/_plugins/_ism/policies"
    broken = {"index_patterns": ["b-*"], "template": {"mappings": {"properties": {"x": {"type": "no such type"}}}}}
    yield "GET", f"{policies}/cowrie.reports.daily", None
    yield "PUT", f"{policies}/cowrie.reports.daily", index_definitions.policy(product, "daily")
    yield "GET", path, None
    yield "DELETE", path, None
    yield "PUT", path, index_definitions.index_template(product, "daily")
    yield "PUT", path, broken
    yield "PUT", path, {"template": {}}
    yield "PUT", path, index_definitions.index_template(product, "daily", lifecycle=False)
    yield "GET", path, None


def _indices() -> Iterator[Asked]:
    yield "GET", f"/_alias/{ALIAS}", None
    yield "GET", f"/{PATTERN}/_mapping", None
    yield "POST", "/nobody/_search", {}
    yield "POST", "/nobody/_refresh", None
    yield "POST", "/nobody/_refresh?ignore_unavailable=true", None
    yield "POST", f"/{PATTERN}/_search", {"query": {"ids": {"values": ["a"]}}}
    yield "POST", f"/{ALIAS}/_rollover", None
    yield "PUT", "/_bulk", _lines(_to_alias(), _GOOD)
    unrefreshed = {"settings": {"index": {"refresh_interval": "-1"}}}
    yield "PUT", f"/{DAILY}", {"aliases": {ALIAS: {"is_write_index": True}}, **unrefreshed}
    yield "PUT", f"/{DAILY}", {}
    yield "PUT", f"/{ALIAS}", {}
    yield "POST", f"/{DAILY}/_rollover", None
    yield "GET", f"/_alias/{ALIAS}", None
    yield "GET", f"/{PATTERN}/_mapping", None


def _documents() -> Iterator[Asked]:
    for spoilt in ("", "{}", "no json\n{}\n", _lines(_to_alias(_id="x" * 513), _GOOD, _to_alias(), _GOOD)):
        yield "PUT", "/_bulk", spoilt
    yield "PUT", "/_bulk", _lines(_to_alias(), _GOOD, _to_alias(), _GOOD, _to_alias(_id=""), _GOOD)
    for place, change in enumerate(_CHANGES):
        yield "PUT", "/_bulk", _lines(_to_alias(_id=f"{place}"), {**_GOOD, **change})
    yield "PUT", "/_bulk", _lines(*({"delete": {"_index": index, "_id": "never"}} for index in (DAILY, "nobody")))
    yield "PUT", "/_bulk", _lines({"index": {"_index": DAILY, "require_alias": True, "_id": "a"}}, _GOOD)
    yield "PUT", "/_bulk", _lines({"index": {"_index": "Nobody", "_id": "a"}}, _GOOD)


def _searches() -> Iterator[Asked]:
    search = {"query": {"ids": {"values": ["a", "2", "4"]}}, "_source": False}
    yield "POST", f"/{PATTERN}/_search", search
    yield "POST", f"/{PATTERN}/_refresh", None
    yield "POST", f"/{PATTERN}/_search?allow_partial_search_results=false", search
    yield "POST", f"/{PATTERN}/_search", {"query": {"ids": {"values": ["a"]}}, "size": 0}
    yield "POST", f"/{PATTERN}/_search", {**search, "size": 10_001}
    yield "POST", f"/{PATTERN}/_count", None


def _aliases() -> Iterator[Asked]:
    for kind in ("keyword", "flattened", "flat_object", "boolean"):
        yield "PUT", f"/{DAILY}/_mapping", {"properties": {"complete": {"type": kind}}}
    yield "POST", f"/{ALIAS}/_rollover", None
    yield "GET", f"/_alias/{ALIAS}", None
    yield "PUT", "/_bulk", _lines(_to_alias(), _GOOD)
    for action in (
        {"add": {"index": DAILY, "alias": ALIAS, "is_write_index": True}},
        {"add": {"index": "nobody", "alias": ALIAS}},
        {"add": {"index": DAILY, "alias": SECOND}},
        {"remove": {"index": SECOND, "alias": ALIAS}},
    ):
        yield "POST", "/_aliases", {"actions": [action]}
    yield "PUT", "/_bulk", _lines(_to_alias(), _GOOD)


def _blocks() -> Iterator[Asked]:
    in_place = {"index": {"_index": DAILY, "_id": "a"}}
    for block in ("write", "read_only", "read_only_allow_delete"):
        yield "PUT", f"/{DAILY}/_settings", {f"index.blocks.{block}": True}
        yield "PUT", "/_bulk", _lines(in_place, _GOOD, {"delete": {"_index": DAILY, "_id": "a"}})
        yield "POST", f"/{DAILY}/_refresh", None
        yield "PUT", f"/{DAILY}/_mapping", {"properties": {"complete": {"type": "boolean"}}}
        yield "POST", "/_aliases", {"actions": [{"add": {"index": DAILY, "alias": "another"}}]}
        yield "POST", f"/{DAILY}/_search", {"size": 0}
        yield "PUT", f"/{DAILY}/_settings", {f"index.blocks.{block}": False}


def _closing() -> Iterator[Asked]:
    yield "POST", f"/{PATTERN}/_refresh", None
    yield "POST", f"/{DAILY}/_close", None
    for expand in ("open", "all"):
        yield "GET", f"/{PATTERN}/_mapping?expand_wildcards={expand}", None
        yield "POST", f"/{PATTERN}/_search?expand_wildcards={expand}", {"size": 0}
    yield "PUT", "/_bulk", _lines({"index": {"_index": DAILY, "_id": "a"}}, _GOOD)
    yield "POST", f"/{DAILY}/_open", None
    yield "DELETE", f"/{SECOND}", None
    yield "DELETE", f"/{SECOND}", None
    yield "DELETE", f"/{PATTERN}", None
    yield "DELETE", f"/{DAILY}", None
    yield "PUT", f"/{ALIAS}", {}
    yield "PUT", f"/{DAILY}", {"aliases": {ALIAS: {"is_write_index": True}}}


def _lines(*objects: object) -> str:
    return "".join(json.dumps(each) + "\n" for each in objects)


def _to_alias(**about: object) -> Json:
    return {"index": {"_index": ALIAS, "require_alias": True, "_id": "a", **about}}


def answered(url: str, asked: Asked) -> tuple[int, Any]:
    """Status and content of the answer."""
    method, path, body = asked
    content = None if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
    headers = {"content-type": f"application/{'x-ndjson' if isinstance(body, str) else 'json'}"}
    try:
        with urlopen(Request(f"{url}{path}", content, headers, method=method), timeout=120) as answer:
            return answer.status, json.loads(answer.read())
    except HTTPError as error:
        return error.code, json.loads(error.read())


def essence(answer: tuple[int, Any]) -> object:
    """What publishing looks at, and nothing that a server makes up: times, ids of its own, words for people."""
    status, content = answer
    error = content.get("error")
    if error is not None:
        return status, error["type"] if isinstance(error, dict) else error
    if "items" in content:
        results = [_result(verb, result) for item in content["items"] for verb, result in item.items()]
        return status, content["errors"], results
    if "hits" in content:
        hits = sorted((hit["_id"], hit["_index"]) for hit in content["hits"]["hits"])
        return status, content["timed_out"], content["_shards"], content["hits"]["total"], hits
    if "index_templates" in content:
        (template,) = content["index_templates"]
        return status, template["name"], template["index_template"]["template"]
    made_up = {"took", "shards_acknowledged", "conditions", "dry_run", "lazy", "indices", "errors"}
    return status, {name: value for name, value in content.items() if name not in made_up}


def _result(verb: str, result: Json) -> object:
    """Of one item of a bulk request."""
    if "error" in result:
        return verb, result["status"], result["_id"], result["error"]["type"]
    return verb, result["status"], result["_id"], result["_index"], result["result"]
