"""Setting a server up for reports, and finding out whether it is.

`setup` makes what is missing and mends what differs; `findings` tells what it would do; `require_ready` is the short
look before each publishing: documents go nowhere but to an index whose fields fit them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from cowrie_assets.errors import UserError
from cowrie_assets.publishing import index_definitions as defined
from cowrie_assets.publishing.server import Json, SearchServer, ServerError
from cowrie_assets.reports.periods import REPORT_TYPES, ReportType

_OLDEST = {"elasticsearch": 8, "opensearch": 2}
_REFUSED = 400
_UNKNOWN_PATH = "no handler found"
_SHOWN_FIELDS = 5


class SetupError(UserError, RuntimeError):
    """The server is not set up for reports; the message says what is missing and which command makes it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the server lacks, or has otherwise."""

    subject: str
    """What it is about: `index template cowrie.reports.daily`."""
    message: str

    def __str__(self) -> str:
        return f"{self.subject} {self.message}"


def server_version(server: SearchServer) -> str:
    """Name and version of what answers: `elasticsearch 8.19.3`. Raises SetupError where it is another product."""
    version = server.call("GET", "/").get("version", {})
    number, name = str(version.get("number", "")), str(version.get("distribution", "elasticsearch"))
    major = number.partition(".")[0]
    if name != server.product:
        raise SetupError(f"what answers at {server.label} is {name}; set COWRIE_{name.upper()}_URL in its place")
    if not major.isdecimal() or int(major) < _OLDEST[server.product]:
        raise SetupError(
            f"{server.label} is {name} {number}; version {_OLDEST[server.product]} is the oldest that fits"
        )
    return f"{name} {number}"


def has_lifecycles(server: SearchServer) -> bool:
    """Whether the server has lifecycle policies. Those of OpenSearch are a plugin (ISM), which not every one has."""
    return _policy(server, defined.policy_name("daily")).known


def set_up(server: SearchServer) -> list[str]:
    """Make what is missing and mend what differs; gives what was done, a line each. Doing it again does nothing.

    Where the server has no lifecycle policies, it is set up without. Raises ServerError, and SetupError for what
    cannot be changed: a field that an index holds with another type, an index that has the name of the alias.
    """
    return [line for report_type in REPORT_TYPES for line in _set_up(server, report_type)]


def findings(server: SearchServer) -> list[Finding]:
    """What the server lacks or has otherwise; empty where all is well. Raises ServerError."""
    return [found for report_type in REPORT_TYPES for found in _findings(server, report_type)]


def require_ready(server: SearchServer, report_types: Iterable[ReportType]) -> None:
    """Raises SetupError unless each type's alias stands for an index that maps every field of a report so."""
    for report_type in report_types:
        alias = defined.write_alias(report_type)
        index = _write_index(server, report_type)
        if index is None:
            raise SetupError(f"{server.label} has no alias {alias} to write to: run `cowrie-assets publication setup`")
        wrong = differing(defined.mappings(server.product), _mappings(server, report_type).get(index, {}))
        if wrong:
            raise SetupError(
                f"the index {index} does not have the fields of a report ({_few(wrong)}):"
                " run `cowrie-assets publication setup`"
            )


def _set_up(server: SearchServer, report_type: ReportType) -> Iterator[str]:
    name = defined.policy_name(report_type)
    policy, wanted = _policy(server, name), defined.policy(server.product, report_type)
    if policy.known and differing(wanted, policy.content):
        server.call("PUT", _policy_path(server, name), wanted, params=policy.version)
        yield f"lifecycle policy {name} {'mended' if policy.content else 'made'}"
    template = _template(server, name)
    wanted = defined.index_template(server.product, report_type, lifecycle=policy.known)
    if differing(wanted, template):
        server.call("PUT", f"/_index_template/{name}", wanted)
        yield f"index template {name} {'mended' if template else 'made'}"
    yield from _set_up_indices(server, report_type)


def _set_up_indices(server: SearchServer, report_type: ReportType) -> Iterator[str]:
    alias, mappings = defined.write_alias(report_type), _mappings(server, report_type)
    if alias in mappings:
        raise SetupError(
            f"{alias} is to be an alias, and {server.label} has an index of that name: delete it with"
            f" DELETE /{alias}, run this again, then `cowrie-assets publication run --all` publishes what it held"
        )
    write_index = _write_index(server, report_type)
    numbers = {index: number for index in mappings if (number := defined.number_of(index, report_type)) is not None}
    if write_index is None and numbers:
        write_index = max(numbers, key=lambda index: numbers[index])
        action = {"add": {"index": write_index, "alias": alias, "is_write_index": True}}
        server.call("POST", "/_aliases", {"actions": [action]})
        yield f"alias {alias} set to {write_index}"
    elif write_index is None:
        index = defined.first_index(report_type)
        server.call("PUT", f"/{index}", {"aliases": {alias: {"is_write_index": True}}})
        yield f"index {index} with alias {alias} made"
    for index in sorted(mappings):
        if differing(defined.mappings(server.product), mappings[index]):
            yield _mend_mappings(server, index, report_type, is_written=index == write_index)


def _mend_mappings(server: SearchServer, index: str, report_type: ReportType, *, is_written: bool) -> str:
    try:
        server.call("PUT", f"/{quote(index)}/_mapping", defined.mappings(server.product))
    except ServerError as error:
        if error.status != _REFUSED:
            raise
        if not is_written:
            return f"fields of {index} stay as they are, which cannot be changed: {error}"
        raise SetupError(
            f"the fields of {index} cannot be changed ({error}): let reports go to a new index with"
            f" POST /{defined.write_alias(report_type)}/_rollover, then run this again"
        ) from None
    return f"fields of {index} mended"


def _findings(server: SearchServer, report_type: ReportType) -> Iterator[Finding]:
    name, alias = defined.policy_name(report_type), defined.write_alias(report_type)
    policy, mappings = _policy(server, name), _mappings(server, report_type)
    template = defined.index_template(server.product, report_type, lifecycle=policy.known)
    compared = [(f"index template {name}", template, _template(server, name))]
    if policy.known:
        compared.insert(0, (f"lifecycle policy {name}", defined.policy(server.product, report_type), policy.content))
    compared += [(f"index {index}", defined.mappings(server.product), mappings[index]) for index in sorted(mappings)]
    for subject, want, have in compared:
        if not have:
            yield Finding(subject, "is missing")
        elif wrong := differing(want, have):
            yield Finding(subject, f"differs in {_few(wrong)}")
    if alias in mappings:
        yield Finding(f"alias {alias}", "is the name of an index, which has to be deleted")
    elif _write_index(server, report_type) is None:
        yield Finding(f"alias {alias}", "is missing, or stands for no index to write to")


def differing(want: Json, have: Json) -> list[str]:
    """The paths, with dots, at which `have` is not as `want` says. What `have` holds besides is left alone."""
    there = dict(_leaves(have))
    return [path for path, value in _leaves(want) if there.get(path) != value]


def _leaves(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every scalar below `value` by its path, as text: servers give numbers and flags back as strings."""
    if isinstance(value, Mapping):
        items: Iterable[tuple[Any, object]] = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    else:
        yield path, str(value).lower() if isinstance(value, bool) else str(value)
        return
    for name, below in items:
        yield from _leaves(below, f"{path}.{name}" if path else str(name))


def _few(paths: list[str]) -> str:
    names = ", ".join(path.replace(".properties.", ".").removeprefix("properties.") for path in paths[:_SHOWN_FIELDS])
    more = len(paths) - _SHOWN_FIELDS
    return f"{names} and {more} more" if more > 0 else names


def _policy_path(server: SearchServer, name: str) -> str:
    return f"/_ilm/policy/{name}" if server.product == "elasticsearch" else f"/_plugins/_ism/policies/{name}"


@dataclass(frozen=True, slots=True)
class _Policy:
    known: bool = True
    """Whether the server has lifecycle policies at all."""
    content: Json = field(default_factory=dict)
    """Empty where this one is missing."""
    version: dict[str, str] = field(default_factory=dict)
    """What OpenSearch wants to be told with a change of it."""


def _policy(server: SearchServer, name: str) -> _Policy:
    try:
        answer = server.call("GET", _policy_path(server, name), absent_ok=True)
    except ServerError as error:
        if error.status == _REFUSED and _UNKNOWN_PATH in str(error):
            return _Policy(known=False)
        raise
    if server.product == "elasticsearch" or not answer:
        return _Policy(content=answer.get(name, {}))
    return _Policy(
        content=answer, version={f"if{part}": str(answer.get(part)) for part in ("_seq_no", "_primary_term")}
    )


def _template(server: SearchServer, name: str) -> Json:
    answer = server.call("GET", f"/_index_template/{name}", absent_ok=True)
    found: list[Json] = answer.get("index_templates") or [{}]
    template: Json = found[0].get("index_template", {})
    return template


def _mappings(server: SearchServer, report_type: ReportType) -> dict[str, Json]:
    """What each index of the type has as its fields, closed ones too."""
    every = {"expand_wildcards": "all"}
    answer = server.call("GET", f"/{defined.index_pattern(report_type)}/_mapping", params=every, absent_ok=True)
    return {index: about.get("mappings", {}) for index, about in answer.items()}


def _write_index(server: SearchServer, report_type: ReportType) -> str | None:
    alias = defined.write_alias(report_type)
    indices = server.call("GET", f"/_alias/{alias}", absent_ok=True)
    flags = {index: about["aliases"][alias].get("is_write_index") for index, about in indices.items()}
    chosen = [index for index, flag in flags.items() if flag or (flag is None and len(flags) == 1)]
    return chosen[0] if chosen else None
