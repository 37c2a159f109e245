"""The example rules and the example dashboard, as Prometheus' own tool reads them: each rule fires for its trouble."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

MONITORING = Path(__file__).parents[2] / "deploy" / "monitoring"
RULES = {
    rule["alert"]: rule
    for rule in yaml.safe_load((MONITORING / "alerts.yaml").read_text(encoding="utf-8"))["groups"][0]["rules"]
}
DASHBOARD = json.loads((MONITORING / "grafana_dashboard.json").read_text(encoding="utf-8"))
_COLUMNS = 24
_PHASE = {"phase": "privacy"}
TROUBLES: list[tuple[str, str, dict[str, str], dict[str, str]]] = [
    ("CowrieWarehouseCannotBeRead", "30m", {"up": "0x30"}, {}),
    ("CowrieNoMetrics", "30m", {"events": "1x30"}, {}),
    ("CowrieNothingIsRead", "390m", {"last_ingested_timestamp_seconds": "0x400"}, {}),
    (
        "CowrieRunFailed",
        "30m",
        {
            'phase_state{phase="privacy",state="failed"}': "1x30",
            'phase_updated_timestamp_seconds{phase="privacy"}': "0x30",
        },
        _PHASE | {"state": "failed"},
    ),
    (
        "CowrieRunSaysNothing",
        "30m",
        {'phase_state{phase="privacy",state="silent"}': "1x30"},
        _PHASE | {"state": "silent"},
    ),
    (
        "CowrieRunSaysNothing",
        "30m",
        {
            'phase_state{phase="privacy",state="running"}': "1x30",
            'phase_updated_timestamp_seconds{phase="privacy"}': "0x30",
        },
        _PHASE | {"state": "running"},
    ),
    ("CowrieSummariesLag", "140m", {"days_pending": "3x140"}, {}),
    (
        "CowrieSensorIsQuiet",
        "1450m",
        {'sensor_newest_event_timestamp_seconds{sensor="hp-fra-01"}': "0x1450"},
        {"sensor": "hp-fra-01"},
    ),
    ("CowrieDeadLetters", "1460m", {"up": "1x1460", 'dead_letters{reason="invalid_json"}': "_x1450 200x30"}, {}),
    ("CowrieDeadLetters", "1460m", {'dead_letters{reason="invalid_json"}': "50x1450 200x30"}, {}),
    ("CowriePublishingFails", "140m", {"database_waiting_publications": "1x140"}, {}),
    ("CowrieDigestsFail", "140m", {"database_waiting_notifications": "1x140"}, {}),
    ("CowrieMemory", "30m", {'phase_memory_bytes{phase="privacy"}': "3000000000x30"}, _PHASE),
]
"""The rule, minutes after 1970, what the metrics were each minute until then, and what the alert is labelled with."""
SOUND = {
    "up": "1x1460",
    "last_ingested_timestamp_seconds": "0+60x1460",
    'phase_state{phase="privacy",state="running"}': "1x1460",
    'phase_state{phase="load",state="failed"}': "0x1460",
    'phase_updated_timestamp_seconds{phase="privacy"}': "0+60x1460",
    "days_pending": "2x1460",
    'sensor_newest_event_timestamp_seconds{sensor="hp-fra-01"}': "0+60x1460",
    'dead_letters{reason="invalid_json"}': "50x1450 90x30",
    "database_waiting_publications": "0 5x10 0x1450",
    "database_waiting_notifications": "0x1460",
    'phase_memory_bytes{phase="privacy"}': "500000000x1460",
}


@pytest.fixture
def promtool() -> str:
    """Prometheus' tool."""
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("promtool is not on this machine: apt-get install prometheus")
    return found


def test_each_rule_fires_for_its_trouble_and_for_nothing_else(promtool: str, tmp_path: Path) -> None:
    assert {rule for rule, *_ in TROUBLES} == set(RULES)
    tests = [_case(series, at, [(rule, labels)]) for rule, at, series, labels in TROUBLES]
    tests.append(_case(SOUND, "1460m", [(rule, None) for rule in RULES]))
    file = tmp_path / "tests.yaml"
    file.write_text(
        json.dumps({"rule_files": [str(MONITORING / "alerts.yaml")], "evaluation_interval": "10m", "tests": tests})
    )
    _succeeds(promtool, "test", "rules", file)


def test_prometheus_understands_the_panels(promtool: str, tmp_path: Path) -> None:
    queries = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
    rules = [{"record": f"panel:{number}", "expr": query} for number, query in enumerate(queries)]
    file = tmp_path / "panels.yaml"
    file.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    _succeeds(promtool, "check", "rules", file)


def test_the_dashboard_is_what_grafanas_schema_says() -> None:
    """Of what it has: places on a grid of 24 columns, none in another's; variables and mappings that are whole."""
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert cells and max(x for x, _ in cells) < _COLUMNS and taken.isdisjoint(cells), panel["title"]
        taken |= cells
        assert panel["type"] in {"stat", "timeseries", "state-timeline"}
        names = [target["refId"] for target in panel["targets"]]
        assert len(set(names)) == len(names)
        assert set(panel["fieldConfig"]) == {"defaults", "overrides"}
        for mapping in panel["fieldConfig"]["defaults"].get("mappings", []):
            assert mapping["type"] == "value"
            assert all(set(result) <= {"text", "color"} for result in mapping["options"].values())
        assert {each["datasource"]["uid"] for each in (panel, *panel["targets"])} == {"${datasource}"}
    (variable,) = DASHBOARD["templating"]["list"]
    assert (variable["type"], variable["name"], variable["query"]) == ("datasource", "datasource", "prometheus")
    assert set(variable.get("current", {"text": "", "value": ""})) >= {"text", "value"}


def _case(series: dict[str, str], at: str, expected: list[tuple[str, dict[str, str] | None]]) -> dict[str, Any]:
    """A test of `promtool`: which alerts there are; None in the place of labels: not this one."""
    return {
        "interval": "1m",
        "input_series": [{"series": f"cowrie_assets_{name}", "values": values} for name, values in series.items()],
        "alert_rule_test": [
            {"eval_time": at, "alertname": rule, "exp_alerts": [] if labels is None else [_alert(rule, labels, series)]}
            for rule, labels in expected
        ],
    }


def _alert(rule: str, labels: dict[str, str], series: dict[str, str]) -> dict[str, Any]:
    value = next(iter(series.values())).partition("x")[0]

    def shown(template: str) -> str:
        named = re.sub(r"\{\{ \$labels\.(\w+) \}\}", lambda found: labels[found[1]], template)
        return named.replace("{{ $value }}", value)

    annotations = {name: shown(said) for name, said in RULES[rule]["annotations"].items()}
    return {"exp_labels": labels | RULES[rule]["labels"], "exp_annotations": annotations}


def _succeeds(*command: str | Path) -> None:
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
