"""Policies, templates and fields: valid, of the wanted form, and fitting every key that a report has."""

import json
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cowrie_assets.publishing import index_definitions
from cowrie_assets.publishing.documents import Key, document_id, index_document
from cowrie_assets.reports.document import ReportDocument
from cowrie_assets.reports.history import FIGURES
from cowrie_assets.reports.periods import REPORT_TYPES
from cowrie_assets.reports.sections.alerts import AlertKind
from cowrie_assets.reports.sections.changes import Change
from cowrie_assets_tests.publishing import fields
from cowrie_assets_tests.publishing.conftest import document

TEMPLATES = Path(index_definitions.__file__).parent / "templates"
PRODUCTS = ("elasticsearch", "opensearch")
TIMES = {
    "start",
    "end",
    "generated_at",
    "first_event_at",
    "first_seen",
    "last_seen",
    "last_event_at",
    "since",
    "checked_at",
    "missing_days",
    "verdicts_as_of",
    "first_submitted",
    "malicious_since",
}


def test_every_file_is_json() -> None:
    names = {path.name for path in TEMPLATES.iterdir()}
    assert names == {"ilm_policies.json", "index_template.json", "ism_policies.json", "mappings.json"}
    for name in names:
        assert isinstance(json.loads((TEMPLATES / name).read_bytes()), dict)


@pytest.mark.parametrize(("report_type", "age"), [("daily", "7d"), ("weekly", "30d"), ("monthly", "90d")])
def test_policies_are_hot_then_cold_and_neither_roll_over_nor_delete(report_type, age) -> None:
    phases = index_definitions.policy("elasticsearch", report_type)["policy"]["phases"]
    assert phases.keys() == {"hot", "cold"}
    assert phases["cold"]["min_age"] == age
    states = index_definitions.policy("opensearch", report_type)["policy"]["states"]
    assert [state["name"] for state in states] == ["hot", "cold"]
    assert states[0]["transitions"][0]["conditions"] == {"min_index_age": age}
    both = json.dumps([phases, states])
    assert "rollover" not in both
    assert "delete" not in both


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("report_type", REPORT_TYPES)
def test_templates_name_their_indices_and_policies(product, report_type) -> None:
    template = index_definitions.index_template(product, report_type)
    assert template["index_patterns"] == [f"cowrie.reports.{report_type}-*"]
    index = template["template"]["settings"]["index"]
    assert (index["number_of_shards"], index["number_of_replicas"]) == (1, 0)
    assert f"cowrie.reports.{report_type}-write" in json.dumps(index)
    assert fields.check_mapping(product, template["template"]["mappings"]) <= 100


def leaves(mapping: Mapping[str, Any]) -> int:
    return 1 + sum(leaves(each) for each in mapping.get("properties", {}).values())


@pytest.mark.parametrize("product", PRODUCTS)
def test_no_key_of_a_document_becomes_a_field(product) -> None:
    mappings = index_definitions.mappings(product)
    assert mappings["dynamic"] == "false"
    assert '"dynamic"' not in json.dumps(mappings["properties"])
    assert leaves(mappings) < 1000, "the limit of fields in an index"


SCALARS = {bool: "boolean", int: "long", float: "double"}


def expected(annotation: Any, name: str) -> set[str]:
    """The types of field that take what the document's types allow."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if typing.is_typeddict(annotation):
        found = {"object"}
    elif origin in (types.UnionType, typing.Union, typing.NotRequired):
        found = set().union(*(expected(each, name) for each in arguments if each is not type(None)))
    elif origin is list:
        found = {"nested"} if typing.is_typeddict(arguments[0]) else expected(arguments[0], name)
    elif origin is dict:
        found = {"flattened"}
    else:
        scalar = type(arguments[0]) if origin is typing.Literal else annotation
        found = {"date" if name in TIMES else "keyword"} if scalar is str else {SCALARS[scalar]}
    return found - {"long"} if "double" in found else found


def disagreements(mapping: Mapping[str, Any], annotation: Any, path: str = "") -> list[str]:
    """Keys of a typed dictionary that have no field, or one of another type; and fields that no key has."""
    hints = typing.get_type_hints(annotation, include_extras=True)
    there = mapping.get("properties", {})
    found = [f"{path}{name} is no key of a report" for name in there.keys() - hints.keys() - {"@timestamp"}]
    for name, hint in hints.items():
        where, field = f"{path}{name}", there.get(name)
        if name == "legacy" or where == "changes.figures":
            continue
        if field is None:
            found.append(f"{where} has no field in mappings.json")
            continue
        if {field.get("type", "object")} != expected(hint, name):
            found.append(f"{where} is {field.get('type', 'object')}, and should be {expected(hint, name)}")
        inner = next((each for each in walk(hint) if typing.is_typeddict(each)), None)
        if inner is not None:
            found += disagreements(field, inner, f"{where}.")
    return found


def walk(annotation: Any) -> list[Any]:
    return [annotation, *(each for argument in typing.get_args(annotation) for each in walk(argument))]


def test_every_key_of_a_report_has_its_field() -> None:
    mappings = index_definitions.mappings("elasticsearch")
    assert disagreements(mappings, ReportDocument) == []
    assert mappings["properties"]["@timestamp"] == {"type": "date"}


def unmapped(mapping: Mapping[str, Any], value: Any, path: str = "") -> list[str]:
    """The paths of values that no field indexes."""
    if isinstance(value, list):
        return [each for item in value for each in unmapped(mapping, item, path)]
    if not isinstance(value, dict) or mapping.get("type") == "flattened":
        return []
    found = []
    for name, below in value.items():
        field = mapping.get("properties", {}).get(name)
        found += [f"{path}{name}"] if field is None else unmapped(field, below, f"{path}{name}.")
    return found


def test_full_documents_fit_and_are_indexed_whole(full_documents: list[ReportDocument]) -> None:
    for whole in full_documents:
        assert whole["sessions"]["total"] > 0
        sent = json.loads(index_document(whole).line)
        for product in PRODUCTS:
            fields.check_document(product, index_definitions.mappings(product), sent)
        assert unmapped(index_definitions.mappings("elasticsearch"), sent) == []


def test_the_alerts_of_the_older_tools_have_fields_for_every_kind() -> None:
    legacy = index_definitions.mappings("elasticsearch")["properties"]["legacy"]["properties"]
    kinds = legacy["alerts_summary"]["properties"].keys() - {"type", "severity", "message"}
    assert kinds == set(typing.get_args(AlertKind))


def test_every_figure_that_is_compared_has_its_fields() -> None:
    figures = index_definitions.mappings("elasticsearch")["properties"]["changes"]["properties"]["figures"]
    assert figures["properties"].keys() == set(FIGURES)
    for name in FIGURES:
        assert disagreements(figures["properties"][name], Change) == []


def test_ids_are_of_the_contract_and_never_too_long() -> None:
    assert document_id(Key("daily", "2026-08-31", "hp-fra-01")) == "hp-fra-01:daily:2026-08-31"
    assert document_id(Key("weekly", "2026-W36", "aggregate")) == "aggregate:weekly:2026-W36"
    names = ["x" * 600, "x" * 601, "ü" * 300, "lone \ud800", "lone \ud801", "nul \0", "a:daily:2026-08-31"]
    ids = [document_id(Key("monthly", "2026-08", name)) for name in names]
    assert len(set(ids)) == len(names)
    assert all(len(each.encode()) <= 512 for each in ids)


HOSTILE = ["\0", "", " ", "a.b", "x" * 60_000, "\ud800", "\u202e\x1b[2J", "<script>"]


def hostile_document() -> dict[str, Any]:
    """Attackers' text wherever it can get to."""
    top = [{"value": value, "count": 1} for value in HOSTILE]
    return {
        **document("daily", "2026-08-31", "hp-1", 10**15),
        "sessions": {"total": 1, "protocols": dict.fromkeys(HOSTILE, 1)},
        "credentials": {"top_usernames": top, "top_passwords": top, "top_combinations": top},
        "commands": {"top_commands": top},
        "alerts": [{"kind": "new_malware", "message": "x" * 60_000, "figures": {"first": HOSTILE}}],
        "legacy": {"sessions": {"protocols": dict.fromkeys(HOSTILE, 1), "top_usernames": top}},
        "a section of next year": {"\0": {"": 1}},
    }


@pytest.mark.parametrize("product", PRODUCTS)
def test_hostile_text_is_taken_by_the_fields_and_comes_back_whole(product) -> None:
    hostile = hostile_document()
    del hostile["a section of next year"]
    line = index_document(hostile).line
    assert line.count(b"\n") == 1
    sent = json.loads(line)
    fields.check_document(product, index_definitions.mappings(product), sent)
    assert [item["value"] for item in sent["commands"]["top_commands"]] == HOSTILE
    assert sum(sent["sessions"]["protocols"].values()) == len(HOSTILE)
    assert sent["@timestamp"] == "2026-08-31T00:00:00Z"


def test_a_future_section_is_no_error() -> None:
    future = hostile_document()
    future["a section of next year"] = {"n": 1}
    future["sessions"]["brand_new"] = {"x": []}
    sent = json.loads(index_document(future).line)
    for product in PRODUCTS:
        fields.check_document(product, index_definitions.mappings(product), sent)
