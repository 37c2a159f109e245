"""A search server on loopback that answers as Elasticsearch or OpenSearch do, and fails as it is told.

It is a real HTTP server: the official clients talk to it, with everything that can go wrong between two programs. It
holds what publishing uses: index templates and the fields they give, lifecycle policies, aliases with a write index,
rollover, `PUT /_bulk` with a result for each item, `_search` by ids over patterns (which sees what a refresh made
visible, no more), `_count`, `_refresh`, blocks of an index, closing one. It answers as real ones do: `test_servers.py`
asks both the same. Policies, which no server of the tests has, and what a server demands of media types follow the
documentation.
"""

import base64
import json
import re
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit

from cowrie_assets_tests.in_thread import InThread
from cowrie_assets_tests.publishing import fields

Json = dict[str, Any]

_COMPATIBLE = re.compile(r"application/vnd\.elasticsearch\+(json|x-ndjson); ?compatible-with=8")
_ID_BYTES = 512
_NO_QUERY: Mapping[str, str] = {}
_MOST_HITS = 10_000
_BLOCKS = {
    "read_only": (403, "FORBIDDEN/5/index read-only (api)"),
    "write": (403, "FORBIDDEN/8/index write (api)"),
    "read_only_allow_delete": (
        429,
        "TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block",
    ),
}


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one request."""

    kind: Literal["status", "refuse", "lost", "cut", "garbage", "slow", "items", "half_search"]
    """`status`: answered so, and nothing done; `refuse`: the connection ends before anything is done; `lost`: done, and
    the connection ends without an answer; `cut`: done, and half an answer; `garbage`: done, and HTML for an answer;
    `slow`: done once the asker has hung up; `items`: the items at these positions are refused, the others done;
    `half_search`: a shard of a search failed."""
    status: int = 503
    headers: tuple[tuple[str, str], ...] = ()
    items: tuple[int, ...] = ()
    only: str = ""
    """A part of the path: other requests pass, and the fault stays."""


class RefusedError(Exception):
    """An answer with an error, which says its kind or (None) is one sentence."""

    def __init__(self, status: int, kind: str | None, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.kind = kind

    @property
    def body(self) -> Json:
        if self.kind is None:
            return {"error": str(self), "status": self.status}
        cause = {"type": self.kind, "reason": str(self)}
        return {"error": {"root_cause": [cause], **cause}, "status": self.status}


def _absent(index: str) -> RefusedError:
    return RefusedError(404, "index_not_found_exception", f"no such index [{index}]")


@dataclass
class Index:
    """A concrete index."""

    mappings: Json
    settings: Json
    aliases: dict[str, Json] = field(default_factory=dict)
    documents: dict[str, Json] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    visible: dict[str, Json] = field(default_factory=dict)
    """What a search sees: the documents as they were at the last refresh."""
    blocks: set[str] = field(default_factory=set)
    """`write`, `read_only`, and `read_only_allow_delete`, which a server sets on its own where the disk is full."""
    closed: bool = False

    def refuse_writing(self, name: str) -> None:
        if self.closed:
            raise RefusedError(400, "index_closed_exception", "closed")
        for block, (status, reason) in _BLOCKS.items():
            if block in self.blocks:
                raise RefusedError(status, "cluster_block_exception", f"index [{name}] blocked by: [{reason}];")

    def refuse_changing(self, name: str, *, allowed: str = "") -> None:
        """Fields, aliases, whether it is open: a block for writing documents leaves them alone."""
        for block in self.blocks - {"write", allowed}:
            status, reason = _BLOCKS[block]
            raise RefusedError(status, "cluster_block_exception", f"index [{name}] blocked by: [{reason}];")


class StandIn:
    """The server's state, and the faults to come: one for each request, None for one that goes well."""

    def __init__(self, product: str = "elasticsearch", version: str = "8.19.3") -> None:
        self.product = product
        self.version = version
        self.keeps_lifecycles = True
        """Whether it has lifecycle policies: in OpenSearch they are a plugin."""
        self.names_itself = True
        """Whether answers carry the header that the Elasticsearch client looks for."""
        self.authorization: str | None = None
        self.url = ""
        self.faults: list[Fault | None] = []
        self.requests: list[tuple[str, str]] = []
        self.most_bytes = 100_000_000
        self.indices: dict[str, Index] = {}
        self.templates: dict[str, Json] = {}
        self.policies: dict[str, Json] = {}
        self.lock = threading.RLock()

    # ------------------------------------------------------------------------------------------- what tests look at

    def documents(self) -> dict[str, list[Json]]:
        """Every document by its id: more than one copy is one too many."""
        found: dict[str, list[Json]] = {}
        for index in self.indices.values():
            for document_id, document in index.documents.items():
                found.setdefault(document_id, []).append(document)
        return found

    def homes(self, document_id: str) -> list[str]:
        return sorted(name for name, index in self.indices.items() if document_id in index.documents)

    def demand_user(self, user: str, password: str) -> None:
        self.authorization = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    # ----------------------------------------------------------------------------------------------------- requests

    def handle(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> Json:
        """The answer to a request. Raises RefusedError."""
        with self.lock:
            for verbs, pattern, answer in self._routes():
                match = pattern.fullmatch(path)
                if match and method in verbs:
                    return answer(query, body, *match.groups())  # type: ignore[no-any-return]
        raise RefusedError(400, None, f"no handler found for uri [{path}] and method [{method}]")

    def _routes(self) -> list[tuple[tuple[str, ...], re.Pattern[str], Any]]:
        routes = [
            (("GET",), "/", self._about),
            (("PUT", "POST"), "/_bulk", self._bulk),
            (("PUT", "POST"), "/_index_template/([^/]+)", self._put_template),
            (("GET",), "/_index_template/([^/]+)", self._get_template),
            (("GET",), "/_alias/([^/]+)", self._get_alias),
            (("POST",), "/_aliases", self._update_aliases),
            (("POST",), "/([^/_][^/]*)/_refresh", self._refresh),
            (("POST", "GET"), "/([^/_][^/]*)/_search", self._search),
            (("POST", "GET"), "/([^/_][^/]*)/_count", self._count),
            (("POST",), "/([^/_][^/]*)/_rollover", self._rollover),
            (("GET",), "/([^/_][^/]*)/_mapping", self._get_mapping),
            (("PUT", "POST"), "/([^/_][^/]*)/_mapping", self._put_mapping),
            (("PUT",), "/([^/_][^/]*)/_settings", self._put_settings),
            (("POST",), "/([^/_][^/]*)/_(open|close)", self._open_or_close),
            (("PUT",), "/([^/_][^/]*)", self._create_index),
            (("DELETE",), "/([^/_][^/]*)", self._delete_index),
            (("DELETE",), "/_index_template/([^/]+)", self._delete_template),
        ]
        policies = "/_ilm/policy/([^/]+)" if self.product == "elasticsearch" else "/_plugins/_ism/policies/([^/]+)"
        if self.keeps_lifecycles:
            routes += [(("GET",), policies, self._get_policy), (("PUT",), policies, self._put_policy)]
        return [(verbs, re.compile(pattern), answer) for verbs, pattern, answer in routes]

    def _about(self, _query: Mapping[str, str], _body: bytes) -> Json:
        version: Json = {"number": self.version}
        if self.product == "opensearch":
            version["distribution"] = "opensearch"
        return {"name": "stand-in", "cluster_name": "tests", "version": version}

    # ------------------------------------------------------------------------------------------------------ policies

    def _get_policy(self, _query: Mapping[str, str], _body: bytes, name: str) -> Json:
        if name not in self.policies:
            raise RefusedError(404, "resource_not_found_exception", f"Lifecycle policy not found: {name}")
        kept = self.policies[name]
        if self.product == "elasticsearch":
            return {name: {"version": kept["version"], "modified_date": "2026-09-01T00:00:00Z", **kept["body"]}}
        policy = {"policy_id": name, "schema_version": 21, "error_notification": None, **kept["body"]["policy"]}
        return {"_id": name, "_seq_no": kept["version"], "_primary_term": 1, "policy": policy}

    def _put_policy(self, query: Mapping[str, str], body: bytes, name: str) -> Json:
        content = json.loads(body)
        known = "phases" if self.product == "elasticsearch" else "states"
        if known not in content.get("policy", {}):
            raise RefusedError(400, "x_content_parse_exception", f"policy has no {known}")
        old = self.policies.get(name)
        if self.product == "opensearch" and old and query.get("if_seq_no") != str(old["version"]):
            raise RefusedError(409, "version_conflict_engine_exception", f"[{name}]: version conflict")
        self.policies[name] = {"body": content, "version": (old["version"] if old else 0) + 1}
        return {"acknowledged": True}

    # ----------------------------------------------------------------------------------------- templates and indices

    def _put_template(self, _query: Mapping[str, str], body: bytes, name: str) -> Json:
        template = json.loads(body)
        if not template.get("index_patterns"):
            raise RefusedError(400, "illegal_argument_exception", "Required [index_patterns]")
        settings = template["template"].get("settings", {}).get("index", {})
        unknown = settings.keys() & {"lifecycle", "plugins"}
        if unknown and not self.keeps_lifecycles:
            raise RefusedError(
                400,
                "settings_exception"
                if (self.product, self.version[0]) == ("opensearch", "3")
                else "invalid_index_template_exception",
                f"index_template [{name}] invalid, cause [Validation Failed: 1: unknown setting [index.{unknown}]",
            )
        self._check(template["template"].get("mappings", {}), "illegal_argument_exception")
        self.templates[name] = template
        return {"acknowledged": True}

    def _check(self, mappings: Json, kind: str = "mapper_parsing_exception") -> None:
        try:
            nested = fields.check_mapping(self.product, mappings)
        except fields.FieldError as error:
            raise RefusedError(400, kind, str(error)) from error
        if nested > 100:
            raise RefusedError(400, "illegal_argument_exception", "Limit of nested fields [100] has been exceeded")

    def _get_template(self, _query: Mapping[str, str], _body: bytes, name: str) -> Json:
        if name not in self.templates:
            raise RefusedError(404, "resource_not_found_exception", f"index template matching [{name}] not found")
        template = deepcopy(self.templates[name])
        template["template"]["settings"] = _as_text(template["template"]["settings"])
        template["template"]["mappings"] = _as_shown(template["template"]["mappings"])
        return {"index_templates": [{"name": name, "index_template": template}]}

    def _create_index(self, _query: Mapping[str, str], body: bytes, name: str) -> Json:
        if name in self.indices:
            raise RefusedError(400, "resource_already_exists_exception", f"index [{name}] already exists")
        if any(name in index.aliases for index in self.indices.values()):
            raise RefusedError(
                400, "invalid_index_name_exception", f"Invalid index name [{name}], already exists as alias"
            )
        if name != name.lower():
            raise RefusedError(400, "invalid_index_name_exception", f"Invalid index name [{name}], must be lowercase")
        asked = json.loads(body) if body else {}
        for alias in asked.get("aliases", {}):
            self._refuse_alias(alias)
        matching = [each for each in self.templates.values() if _matches(each["index_patterns"], name)]
        chosen = max(matching, key=lambda each: each.get("priority", 0), default={})
        template = deepcopy(chosen.get("template", {}))
        self.indices[name] = Index(
            template.get("mappings", {}), template.get("settings", {}), dict(asked.get("aliases", {}))
        )
        return {"acknowledged": True, "shards_acknowledged": True, "index": name}

    def _delete_index(self, _query: Mapping[str, str], _body: bytes, names: str) -> Json:
        if "*" in names and self.product == "elasticsearch":
            reason = "Wildcard expressions or all indices are not allowed"
            raise RefusedError(400, "illegal_argument_exception", reason)
        for name in self._named(names, {"expand_wildcards": "all"}):
            self.indices[name].refuse_changing(name, allowed="read_only_allow_delete")
            del self.indices[name]
        return {"acknowledged": True}

    def _delete_template(self, _query: Mapping[str, str], _body: bytes, name: str) -> Json:
        if self.templates.pop(name, None) is None:
            raise RefusedError(404, "index_template_missing_exception", f"index_template [{name}] missing")
        return {"acknowledged": True}

    @property
    def _passes(self) -> str:
        """The block that keeps documents alone out, beside `write`."""
        return "read_only_allow_delete" if self.product == "elasticsearch" else ""

    def _put_settings(self, _query: Mapping[str, str], body: bytes, names: str) -> Json:
        wanted = {name.removeprefix("index.blocks."): value for name, value in json.loads(body).items()}
        for name in self._named(names):
            index = self.indices[name]
            index.blocks = {each for each in index.blocks | wanted.keys() if wanted.get(each, True)}
        return {"acknowledged": True}

    def _open_or_close(self, _query: Mapping[str, str], _body: bytes, names: str, verb: str) -> Json:
        for name in self._named(names):
            self.indices[name].refuse_changing(name, allowed=self._passes)
            self.indices[name].closed = verb == "close"
        return {"acknowledged": True}

    def _get_mapping(self, query: Mapping[str, str], _body: bytes, names: str) -> Json:
        return {name: {"mappings": _as_shown(self.indices[name].mappings)} for name in self._named(names, query)}

    def _put_mapping(self, query: Mapping[str, str], body: bytes, names: str) -> Json:
        new = json.loads(body)
        self._check(new)
        for name in self._named(names, query):
            index = self.indices[name]
            index.refuse_changing(name, allowed=self._passes)
            for path in fields.conflicts(index.mappings, new):
                raise RefusedError(400, "illegal_argument_exception", f"mapper [{path}] cannot be changed")
            index.mappings = fields.merged(index.mappings, new)
        return {"acknowledged": True}

    def _named(self, names: str, query: Mapping[str, str] = {}) -> list[str]:
        """The concrete indices of a list of names, aliases and patterns. A pattern fits closed ones where the query
        asks for all."""
        found = []
        every = query.get("expand_wildcards") == "all"
        for each in names.split(","):
            matching = [
                name
                for name, index in self.indices.items()
                if (every or "*" not in each or not index.closed)
                and (fnmatchcase(name, each) or any(fnmatchcase(alias, each) for alias in index.aliases))
            ]
            if not matching and "*" not in each and query.get("ignore_unavailable") != "true":
                raise _absent(each)
            found += matching
        return sorted(set(found))

    def _read(self, names: str, query: Mapping[str, str]) -> list[str]:
        """The same, for what looks into documents."""
        found = self._named(names, query)
        if any(self.indices[name].closed for name in found):
            raise RefusedError(400, "index_closed_exception", "closed")
        return found

    # ------------------------------------------------------------------------------------------------------- aliases

    def _get_alias(self, _query: Mapping[str, str], _body: bytes, alias: str) -> Json:
        found = {
            name: {"aliases": {alias: index.aliases[alias]}}
            for name, index in self.indices.items()
            if alias in index.aliases
        }
        if not found:
            raise RefusedError(404, None, f"alias [{alias}] missing")
        return found

    def _refuse_alias(self, alias: str) -> None:
        if alias in self.indices:
            reason = f"Invalid alias name [{alias}], an index exists with the same name as the alias"
            raise RefusedError(400, "invalid_alias_name_exception", reason)

    def _update_aliases(self, _query: Mapping[str, str], body: bytes) -> Json:
        for action in json.loads(body)["actions"]:
            ((verb, about),) = action.items()
            for name in self._named(about["index"]):
                self.indices[name].refuse_changing(name, allowed=self._passes)
                if verb == "remove":
                    self.indices[name].aliases.pop(about["alias"], None)
                else:
                    self._add_alias(name, about["alias"], about.get("is_write_index"))
        return {"acknowledged": True}

    def _add_alias(self, name: str, alias: str, is_write_index: bool | None) -> None:
        self._refuse_alias(alias)
        others = [each.aliases.get(alias, {}) for index, each in self.indices.items() if index != name]
        if is_write_index and any(each.get("is_write_index") for each in others):
            raise RefusedError(500, "illegal_state_exception", f"alias [{alias}] has more than one write index")
        self.indices[name].aliases[alias] = {} if is_write_index is None else {"is_write_index": is_write_index}

    def _rollover(self, _query: Mapping[str, str], _body: bytes, alias: str) -> Json:
        if not any(alias in index.aliases for index in self.indices.values()):
            if alias in self.indices:
                raise RefusedError(400, "illegal_argument_exception", "rollover target is a [concrete index]")
            reason = f"rollover target [{alias}] does not exist"
            if self.product == "elasticsearch":
                raise RefusedError(404, "resource_not_found_exception", reason)
            raise RefusedError(400, "illegal_argument_exception", reason)
        old = self._write_index(alias)
        self.indices[old].refuse_changing(old, allowed=self._passes)
        stem, _, number = old.rpartition("-")
        new = f"{stem}-{int(number) + 1:06}"
        self._create_index({}, b"", new)
        self.indices[old].aliases[alias] = {"is_write_index": False}
        self.indices[new].aliases[alias] = {"is_write_index": True}
        return {"acknowledged": True, "rolled_over": True, "old_index": old, "new_index": new}

    def rollover(self, alias: str) -> None:
        """As the operator may do at any moment."""
        with self.lock:
            self._rollover({}, b"", alias)

    def _write_index(self, alias: str) -> str:
        behind = {name: index.aliases[alias] for name, index in self.indices.items() if alias in index.aliases}
        if not behind:
            raise RefusedError(
                404,
                "index_not_found_exception",
                f"no such index [{alias}] and [require_alias] request flag is [true] and [{alias}] is not an alias",
            )
        chosen = [name for name, about in behind.items() if about.get("is_write_index", len(behind) == 1)]
        if not chosen:
            raise RefusedError(400, "illegal_argument_exception", f"no write index is defined for alias [{alias}]")
        return chosen[0]

    # ----------------------------------------------------------------------------------------------------- documents

    def _bulk(self, _query: Mapping[str, str], body: bytes) -> Json:
        return self.bulk(body, {})

    def bulk(self, body: bytes, refused: Mapping[int, int]) -> Json:
        """Carry out a bulk request but for the items at the positions of `refused`, which get that status."""
        if not body:
            raise RefusedError(400, "parse_exception", "request body is required")
        if not body.endswith(b"\n"):
            raise RefusedError(
                400, "illegal_argument_exception", r"The bulk request must be terminated by a newline [\n]"
            )
        try:
            actions = list(_actions(body))
        except ValueError as error:
            kind = "x_content_parse_exception" if self.product == "elasticsearch" else "json_parse_exception"
            raise RefusedError(400, kind, str(error)) from error
        with self.lock:
            items = [
                {verb: self._item(about, source, refused.get(place))}
                for place, (verb, about, source) in enumerate(actions)
            ]
        errors = any("error" in result for item in items for result in item.values())
        return {"took": 3, "errors": errors, "items": items}

    def _item(self, about: Json, source: Json | None, status: int | None) -> Json:
        document_id = about.get("_id") or ("" if "_id" in about else f"given-{len(self.documents())}")
        names = {"_index": about["_index"], "_id": document_id}
        if status is not None:
            kind = "es_rejected_execution_exception" if status == 429 else "document_parsing_exception"
            return {**names, "status": status, "error": {"type": kind, "reason": "rejected execution"}}
        try:
            names["_index"] = name = self._home(about["_index"], source, alias_only=about.get("require_alias", False))
            return self._store(name, document_id, source)
        except RefusedError as error:
            return {**names, "status": error.status, "error": {"type": error.kind, "reason": str(error)}}

    def _home(self, target: str, source: Json | None, *, alias_only: bool) -> str:
        """The concrete index of a bulk request's item; a document brings one about where there is none."""
        is_alias = any(target in index.aliases for index in self.indices.values())
        name = self._write_index(target) if is_alias or alias_only else target
        if name not in self.indices:
            if source is None:
                raise _absent(name)
            self._create_index({}, b"", name)
        return name

    def _store(self, name: str, document_id: str, source: Json | None) -> Json:
        index = self.indices[name]
        index.refuse_writing(name)
        if not document_id:
            raise RefusedError(400, "illegal_argument_exception", "if _id is specified it must not be empty")
        existed = document_id in index.documents
        index.versions[document_id] = index.versions.get(document_id, 0) + 1
        about = {"_index": name, "_id": document_id, "_version": index.versions[document_id]}
        if source is None:
            index.documents.pop(document_id, None)
            return {**about, "result": "deleted" if existed else "not_found", "status": 200 if existed else 404}
        kind = "document_parsing_exception" if self.product == "elasticsearch" else "mapper_parsing_exception"
        try:
            nested = fields.check_document(self.product, index.mappings, source)
        except fields.FieldError as error:
            raise RefusedError(400, kind, str(error)) from error
        if nested > 50_000:
            raise RefusedError(400, kind, "The number of nested documents has exceeded the allowed limit of [50000].")
        index.documents[document_id] = source
        return {**about, "result": "updated" if existed else "created", "status": 200 if existed else 201}

    def _refresh(self, query: Mapping[str, str], _body: bytes, names: str) -> Json:
        found = self._read(names, query)
        for name in found:
            self.indices[name].visible = dict(self.indices[name].documents)
        return {"_shards": {"total": len(found), "successful": len(found), "failed": 0}}

    def _search(self, query: Mapping[str, str], body: bytes, names: str) -> Json:
        looked_into = self._read(names, query)
        asked = json.loads(body) if body else {}
        size = asked.get("size", 10)
        if size > _MOST_HITS and looked_into:
            raise RefusedError(400, "search_phase_execution_exception", "all shards failed")
        wanted = asked["query"]["ids"]["values"] if "query" in asked else None
        hits = [
            {"_index": name, "_id": each, "_score": 1.0, **({"_source": source} if asked.get("_source", True) else {})}
            for name in looked_into
            for each, source in self.indices[name].visible.items()
            if wanted is None or each in wanted
        ]
        shards = {"total": len(looked_into), "successful": len(looked_into), "skipped": 0, "failed": 0}
        total = {"value": len(hits), "relation": "eq"}
        return {"took": 1, "timed_out": False, "_shards": shards, "hits": {"total": total, "hits": hits[:size]}}

    def _count(self, query: Mapping[str, str], _body: bytes, names: str) -> Json:
        found = self._read(names, query)
        count = sum(len(self.indices[name].visible) for name in found)
        return {"count": count, "_shards": {"total": len(found), "successful": len(found), "skipped": 0, "failed": 0}}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "_Server"

    def _answer(self) -> None:
        stand_in = self.server.stand_in
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        fault = self._fault(path)
        if fault and fault.kind == "refuse":
            self._hang_up()
            return
        if fault and fault.kind == "slow":
            self.connection.recv(1)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        status, content = self._result(path, query, body, fault)
        if fault and fault.kind == "lost":
            self._hang_up()
            return
        text = b"<html>Bad day</html>" if fault and fault.kind == "garbage" else json.dumps(content).encode()
        self._send(status, text, fault, "text/html" if text[:1] == b"<" else self._media_type(stand_in))

    do_GET = do_PUT = do_POST = do_DELETE = _answer

    def _fault(self, path: str) -> Fault | None:
        stand_in = self.server.stand_in
        with stand_in.lock:
            stand_in.requests.append((self.command, path))
            if not stand_in.faults or (stand_in.faults[0] and stand_in.faults[0].only not in path):
                return None
            return stand_in.faults.pop(0)

    def _result(self, path: str, query: Mapping[str, str], body: bytes, fault: Fault | None) -> tuple[int, Any]:
        try:
            self._admit(len(body))
            return 200, self._handled(path, query, body, fault)
        except RefusedError as error:
            return error.status, error.body
        except Exception as error:  # a fault of the stand-in, or a request that no server could read
            return 500, {"error": {"type": "stand_in_error", "reason": repr(error)}, "status": 500}

    def _handled(self, path: str, query: Mapping[str, str], body: bytes, fault: Fault | None) -> Json:
        stand_in = self.server.stand_in
        if fault and fault.kind == "status":
            raise RefusedError(fault.status, "cluster_block_exception", f"told to answer {fault.status}")
        if fault and fault.kind == "items" and path == "/_bulk":
            return stand_in.bulk(body, dict.fromkeys(fault.items, fault.status))
        if fault and fault.kind == "half_search" and query.get("allow_partial_search_results") == "false":
            raise RefusedError(503, "search_phase_execution_exception", "Partial shards failure")
        answer = stand_in.handle(self.command, path, query, body)
        if fault and fault.kind == "half_search" and "_shards" in answer:
            answer["_shards"]["failed"] = 1
        return answer

    def _admit(self, length: int) -> None:
        stand_in = self.server.stand_in
        content_type = self.headers.get("content-type", "")
        compatible = "vnd.elasticsearch" in content_type
        if stand_in.authorization not in (None, self.headers.get("authorization")):
            sent = self.headers.get("authorization", "nothing")
            raise RefusedError(401, "security_exception", f"unable to authenticate with [{sent}] for REST request")
        if length > stand_in.most_bytes:
            raise RefusedError(413, "content_too_long", "entity content is too long")
        if compatible and (stand_in.product == "opensearch" or not _COMPATIBLE.fullmatch(content_type)):
            raise RefusedError(
                406, "media_type_header_exception", f"Content-Type header [{content_type}] is not supported"
            )

    def _media_type(self, stand_in: StandIn) -> str:
        if stand_in.product == "elasticsearch" and "vnd.elasticsearch" in self.headers.get("accept", ""):
            return "application/vnd.elasticsearch+json;compatible-with=8"
        return "application/json; charset=UTF-8"

    def _send(self, status: int, text: bytes, fault: Fault | None, media_type: str) -> None:
        stand_in = self.server.stand_in
        self.send_response(status)
        if stand_in.product == "elasticsearch" and stand_in.names_itself:
            self.send_header("X-Elastic-Product", "Elasticsearch")
        for name, value in fault.headers if fault else ():
            self.send_header(name, value)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if fault and fault.kind == "cut":
            self.wfile.write(text[: len(text) // 2])
            self._hang_up()
        else:
            self.wfile.write(text)

    def _hang_up(self) -> None:
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Tests read the requests from `StandIn.requests`."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, stand_in: StandIn) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.stand_in = stand_in

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that gave up waiting is no error of the server's."""


@contextmanager
def running(stand_in: StandIn, certificate: Path | None = None) -> Iterator[StandIn]:
    """The server in a thread, at `stand_in.url`; with a certificate and its key in one file, by TLS."""
    server = _Server(stand_in)
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    with closing(InThread(server)) as served:
        stand_in.url = f"http{'' if certificate is None else 's'}://127.0.0.1:{served.port}"
        yield stand_in


def _actions(body: bytes) -> Iterator[tuple[str, Json, Json | None]]:
    """Verb, what it is about, and the document (None to delete) of each item. A line that cannot be read, or an id that
    is too long, spoils the whole request."""
    lines = iter(body.split(b"\n")[:-1])
    for line in lines:
        ((verb, about),) = json.loads(line).items()
        if len(about.get("_id", "").encode("utf-8", "replace")) > _ID_BYTES:
            reason = f"id [{about['_id']}] is too long, must be no longer than 512 bytes"
            raise RefusedError(400, "action_request_validation_exception", f"Validation Failed: 1: {reason};")
        yield verb, about, None if verb == "delete" else json.loads(next(lines))


def _matches(patterns: list[str], name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _as_text(settings: Any) -> Any:
    """Settings come back as strings."""
    if isinstance(settings, dict):
        return {name: _as_text(value) for name, value in settings.items()}
    return str(settings).lower() if isinstance(settings, bool) else str(settings)


def _as_shown(mapping: Any) -> Any:
    """Mappings come back with `dynamic` as a string, and without what goes without saying."""
    if not isinstance(mapping, dict):
        return mapping
    shown = {name: _as_shown(value) for name, value in mapping.items()}
    if isinstance(shown.get("dynamic"), bool):
        shown["dynamic"] = str(shown["dynamic"]).lower()
    if shown.get("type") == "object" and "properties" in shown:
        del shown["type"]
    return shown
