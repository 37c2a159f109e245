"""The document that must come out of a view."""

from typing import Any

from cowrie_assets_tests.reports.golden import (
    abnormal,
    campaigns,
    compared,
    counted,
    interesting,
    legacy_keys,
    operated,
    techniques,
)
from cowrie_assets_tests.reports.golden.view import View

COUNTED = {
    "sessions": counted.sessions_section,
    "volume": counted.volume,
    "heat_map": counted.heat_map,
    "credentials": counted.credentials,
    "commands": counted.commands_section,
    "files": counted.files,
    "sources": counted.sources,
    "clients": counted.clients,
    "tunnels": counted.tunnels,
    "techniques": techniques.techniques_section,
}


def expected(view: View) -> dict[str, Any]:
    """Everything but `generated_at`, and the numbers alone of what is told in words."""
    document = _counted(view)
    compared.with_previous_ranks(view, document, _counted)
    return {
        "schema_version": 1,
        "report_type": view.report_type,
        "period": view.label,
        "start": f"{view.start}T00:00:00Z",
        "end": f"{view.end}T00:00:00Z",
        "sensor": view.sensor or "aggregate",
        "complete": view.is_over,
        "privacy": {"passwords": None, "addresses": None},
        **document,
        "campaigns": campaigns.campaigns_section(view),
        "snowshoe": {"total": 0, "items": []},
        "longtail": {"total": 0, "items": []},
        "ssh_keys": campaigns.ssh_keys_section(view),
        "new": compared.new(view),
        "changes": compared.changes(view),
        "interesting": interesting.interesting(view),
        "abnormal": abnormal.abnormal(view),
        "alerts": operated.alerts(view),
        "enrichments": operated.enrichments(view),
        "operations": operated.operations(view),
        "legacy": legacy_keys.legacy(view),
    }


def _counted(view: View) -> dict[str, Any]:
    return {name: section(view) for name, section in COUNTED.items()}
