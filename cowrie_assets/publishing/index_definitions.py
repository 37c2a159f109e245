"""What the server is to have before a report is sent: policies, index templates, write aliases.

They are the JSON files in `templates/`, put together here: the three report types differ in names and in when they grow
cold, OpenSearch in how it calls things.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from cowrie_assets.publishing.destination import Product
from cowrie_assets.publishing.server import Json
from cowrie_assets.reports.periods import ReportType

_TEMPLATES = Path(__file__).parent / "templates"


def write_alias(report_type: ReportType) -> str:
    """The name that documents are written to; it stands for one concrete index."""
    return f"{_name(report_type)}-write"


def first_index(report_type: ReportType) -> str:
    """The concrete index that the setup makes; a rollover counts on from its number."""
    return f"{_name(report_type)}-000001"


def number_of(index: str, report_type: ReportType) -> int | None:
    """The number of an index that the setup or a rollover made; None for any other that the pattern fits."""
    number = index.removeprefix(f"{_name(report_type)}-")
    return int(number) if number.isdecimal() else None


def index_pattern(report_type: ReportType) -> str:
    """Every index that may hold reports of the type, those before a rollover too."""
    return f"{_name(report_type)}-*"


def policy_name(report_type: ReportType) -> str:
    """The lifecycle policy; the index template has the same name."""
    return _name(report_type)


def policy(product: Product, report_type: ReportType) -> Json:
    """Hot, then cold after 7, 30 or 90 days; nothing is deleted, nothing rolls over."""
    policies: Mapping[str, Json] = _read("ilm_policies" if product == "elasticsearch" else "ism_policies")
    return policies[report_type]


def index_template(product: Product, report_type: ReportType, *, lifecycle: bool = True) -> Json:
    """One shard, no replica, the mappings, and what a rollover would need if the operator adds one.

    Without `lifecycle` it is for a server that has no lifecycle policies, and refuses settings of theirs.
    """
    template = _read("index_template")
    settings = template["template"]["settings"]["index"]
    rollover: Json = {"rollover_alias": write_alias(report_type)}
    if lifecycle and product == "elasticsearch":
        settings = settings | {"lifecycle": {"name": policy_name(report_type), **rollover}}
    elif lifecycle:
        settings = settings | {"plugins": {"index_state_management": rollover}}
    return {
        **template,
        "index_patterns": [index_pattern(report_type)],
        "template": {"settings": {"index": settings}, "mappings": mappings(product)},
    }


def mappings(product: Product) -> Json:
    """How the fields of a report are indexed. What is not in it is kept and not indexed: no key of a document, whoever
    chose it, ever adds a field.
    """
    wanted = _read("mappings")
    return wanted if product == "elasticsearch" else _for_opensearch(wanted)


def _for_opensearch(mapping: Json) -> Json:
    """OpenSearch has no `flattened`, and its `flat_object` refuses long texts: such objects are kept, not indexed."""
    if mapping.get("type") == "flattened":
        return {"type": "object", "enabled": False}
    return {name: _for_opensearch(value) if isinstance(value, dict) else value for name, value in mapping.items()}


def _name(report_type: ReportType) -> str:
    return f"cowrie.reports.{report_type}"


@cache
def _read(name: str) -> Json:
    content: Json = json.loads((_TEMPLATES / f"{name}.json").read_text(encoding="utf-8"))
    return content
