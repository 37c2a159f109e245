"""Metrics: what is told is what the files and the ledger say, under the names that the documentation has."""

import json
import re
import stat
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from cowrie_assets.errors import SettingsError
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.status import SensorStatus, Status, status
from cowrie_assets.settings import Settings
from cowrie_assets.telemetry.metrics import DATABASE, MOST_SENSORS, PHASE, PREFIX, RUN, WAREHOUSE, exposition
from cowrie_assets.telemetry.watching import watched
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.ui.dev import COWRIE_ASSETS, environment_of, free_port

_ROOT = Path(__file__).parents[2]
_NAMES = {
    f"{PREFIX}{name}"
    for name in (
        *("up", *PHASE, *WAREHOUSE),
        *(f"run_{name}" for name in RUN),
        *(f"database_{name}" for name in DATABASE),
    )
}
_NAMED = re.compile(r"cowrie_assets_[a-z_]+")

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def _samples(text: bytes) -> Samples:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


def _value(samples: Samples, name: str, **labels: str) -> float:
    return samples[f"{PREFIX}{name}", frozenset(labels.items())]


def test_a_run_leaves_what_it_did_for_the_node_exporter(sample_settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "textfiles" / "cowrie.prom"
    file.parent.mkdir()
    telling = Settings(status_dir=tmp_path / "status", metrics_file=file)
    with watched(telling), Warehouse.open(sample_settings.database_url) as warehouse:
        ingest(warehouse, sample_settings)
        found = status(warehouse)
    assert [entry.name for entry in file.parent.iterdir()] == ["cowrie.prom"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    samples = _samples(file.read_bytes())
    assert {name for name, _ in samples} <= _NAMES
    assert _value(samples, "up") == 1
    assert _value(samples, "events") == found.events == 1300
    assert _value(samples, "sessions") == found.sessions == 181
    assert _value(samples, "days_pending") == 0
    assert _value(samples, "run_events_inserted", phase="delta_ingest") == 1300
    assert _value(samples, "phase_state", phase="delta_ingest", state="finished") == 1
    assert _value(samples, "phase_state", phase="delta_ingest", state="killed") == 0
    assert _value(samples, "phase_progress_ratio", phase="refresh_summaries") == 1
    assert _value(samples, "database_transactions", phase="delta_ingest") > 0
    newest = {sensor.sensor: sensor.newest_event_at for sensor in found.sensors}
    for sensor, at in newest.items():
        assert _value(samples, "sensor_newest_event_timestamp_seconds", sensor=sensor) == (at or 0) / 1e6


def test_what_attackers_name_is_bounded_and_escaped() -> None:
    names = ['hp"} 1\ncowrie_assets_up 7', "\x1b[2J" * 1000, *(f"s{number}" for number in range(MOST_SENSORS))]
    sensors = tuple(SensorStatus(name, 1, 0, 10, 1, 1, 0, 0, 0, 0, None) for name in names)
    found = Status("sqlite:///x", 1, 1, None, sensors, 0, 0, None, (), 0, ())
    samples = _samples(exposition([], found))
    assert _value(samples, "up") == 1
    told = {dict(labels)["sensor"] for name, labels in samples if name == f"{PREFIX}sensor_events"}
    assert len(told) == MOST_SENSORS
    assert max(map(len, told)) == 100
    assert 'hp"} 1\\ncowrie_assets_up 7' in told
    assert set(_samples(exposition([], None))) == {(f"{PREFIX}up", frozenset())}


def test_the_names_are_those_of_the_documentation_the_dashboard_and_the_alerts() -> None:
    page = (_ROOT / "docs" / "TELEMETRY.md").read_text(encoding="utf-8")
    table = page.partition("## Metrics")[2].partition("\n## ")[0]
    named = {f"{PREFIX}{name}" for name in re.findall(r"^\| `([a-z_]+)", table, re.MULTILINE)}
    assert named == _NAMES
    dashboard = json.loads((_ROOT / "deploy/monitoring/grafana_dashboard.json").read_text(encoding="utf-8"))
    used = {
        name for panel in dashboard["panels"] for target in panel["targets"] for name in _NAMED.findall(target["expr"])
    }
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    (group,) = yaml.safe_load((_ROOT / "deploy/monitoring/alerts.yaml").read_text(encoding="utf-8"))["groups"]
    assert all({"alert", "expr", "labels", "annotations"} <= rule.keys() for rule in group["rules"])
    used |= {name for rule in group["rules"] for name in _NAMED.findall(rule["expr"])}
    assert used <= _NAMES
    assert len(used) >= 20


def test_serve_has_them_on_a_port_of_their_own(sample_settings: Settings, tmp_path: Path) -> None:
    with Warehouse.open(sample_settings.database_url) as warehouse:
        ingest(warehouse, sample_settings)
    port, metrics_port = free_port(), free_port()
    environment = environment_of(tmp_path, COWRIE_METRICS_PORT=str(metrics_port))
    command = [*COWRIE_ASSETS, "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            assert process.stdout.readline() == f"Metrics: http://127.0.0.1:{metrics_port}/metrics\n"
            code, body = _get(metrics_port, "/metrics")
            assert code == 200
            assert _value(_samples(body), "events") == 1300
            assert _get(metrics_port, "/metrics", "evil.example.org")[0] == 400
            assert _get(metrics_port, "/index.html")[0] == 404
            assert _get(port, "/metrics")[0] == 404
        finally:
            process.terminate()


def _get(port: int, path: str, host: str = "127.0.0.1") -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Host": host})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COWRIE_METRICS_FILE", "/x/cowrie.prom"),
        ("COWRIE_METRICS_PORT", "99999"),
        ("COWRIE_OTLP_ENDPOINT", "http://me:secret@collector:4318"),
        ("COWRIE_OTLP_ENDPOINT", "collector:4318"),
    ],
)
def test_what_cannot_be_used_is_an_error_that_shows_no_secret(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as error:
        Settings.from_environment({name: value})
    assert "secret" not in str(error.value)


def test_nothing_is_loaded_where_nothing_is_asked_for(sample_settings: Settings, tmp_path: Path) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom cowrie_assets.operations.ingest import ingest\n"
        "from cowrie_assets.settings import Settings\nfrom cowrie_assets.telemetry.watching import watched\n"
        "from cowrie_assets.warehouse.engine import Warehouse\n"
        "settings = Settings(log_root=Path(sys.argv[1]), database_url=sys.argv[2])\n"
        "with watched(settings), Warehouse.open(settings.database_url) as warehouse: ingest(warehouse, settings)\n"
        "print(*(name for name in sys.modules if name.startswith(('prometheus', 'opentelemetry', "
        "'cowrie_assets.telemetry'))))"
    )
    url = f"sqlite:///{tmp_path / 'x.db'}"
    told = subprocess.check_output(
        [sys.executable, "-c", program, str(sample_settings.log_root), url], text=True, timeout=120
    )
    assert told.split() == ["cowrie_assets.telemetry", "cowrie_assets.telemetry.watching"]
