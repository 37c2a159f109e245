"""A collector, played over real HTTP, receives the spans and metrics that the documentation names."""

import logging
import re
import time
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from cowrie_assets.activity import stage
from cowrie_assets.errors import UserError
from cowrie_assets.operations.backfill import backfill
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.rebuild import rebuild
from cowrie_assets.settings import Settings
from cowrie_assets.telemetry import tracing
from cowrie_assets.telemetry.watching import watched
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.in_thread import InThread
from cowrie_assets_tests.ui.dev import free_port

_PAGE = (Path(__file__).parents[2] / "docs" / "TELEMETRY.md").read_text(encoding="utf-8").partition("## Traces")[2]


class Collector:
    """Takes what is sent to it."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.metrics: dict[str, list[dict[str, str]]] = {}
        self.headers: list[str | None] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                collector.take(self.path, self.rfile.read(int(self.headers["Content-Length"])))
                collector.headers.append(self.headers.get("X-Key"))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = InThread(ThreadingHTTPServer(("127.0.0.1", 0), Handler))

    def take(self, path: str, body: bytes) -> None:
        if path == "/v1/traces":
            sent = ExportTraceServiceRequest.FromString(body)
            self.spans += [span for one in sent.resource_spans for scope in one.scope_spans for span in scope.spans]
            return
        assert path == "/v1/metrics"
        for one in ExportMetricsServiceRequest.FromString(body).resource_metrics:
            for scope in one.scope_metrics:
                for metric in scope.metrics:
                    points = (metric.sum if metric.HasField("sum") else metric.histogram).data_points
                    self.metrics[metric.name] = [
                        {each.key: each.value.string_value for each in point.attributes} for point in points
                    ]

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.name == name]


@pytest.fixture
def collector() -> Iterator[Collector]:
    played = Collector()
    yield played
    played.server.close()


def _attributes(span: Span) -> dict[str, object]:
    return {
        each.key: each.value.int_value or each.value.double_value or each.value.string_value for each in span.attributes
    }


def test_the_spans_of_a_load_its_reports_and_a_rebuild(
    collector: Collector, sample_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "X-Key=secret")
    telling = Settings(otlp_endpoint=f"http://127.0.0.1:{collector.server.port}")
    with watched(telling), Warehouse.open(sample_settings.database_url) as warehouse:
        ingest(warehouse, sample_settings, mode="bulk")
        backfill(warehouse, sample_settings, first=date(2026, 8, 31), last=date(2026, 8, 31))
        rebuild(warehouse)
    names = {span.name for span in collector.spans}
    documented = set(re.findall(r"`((?:cowrie\.[a-z._]+|rebuild_session_summaries))`", _PAGE))
    assert names <= documented
    assert {"cowrie.bulk.load", "cowrie.bulk.flush", "cowrie.delta.load", "cowrie.reporting.report"} <= names
    assert {"cowrie.summaries.refresh", "rebuild_session_summaries"} <= names
    by_id = {span.span_id: span for span in collector.spans}
    (load,) = collector.named("cowrie.bulk.load")
    assert not load.parent_span_id
    flushes = [span for span in collector.named("cowrie.bulk.flush") if span.trace_id == load.trace_id]
    assert sum(int(str(_attributes(span)["cowrie.records"])) for span in flushes) == 1300
    for span in flushes:
        above = by_id[span.parent_span_id]
        assert above is load or by_id[above.parent_span_id] is load
        assert load.start_time_unix_nano <= span.start_time_unix_nano <= span.end_time_unix_nano
    told = _attributes(load)
    assert told["cowrie.events_inserted"] == 1300
    assert told["cowrie.batch_events"] == sample_settings.batch_events
    assert told["cowrie.ingest_id"] == _attributes(flushes[0])["cowrie.ingest_id"]
    (rebuilt,) = collector.named("rebuild_session_summaries")
    days = [span for span in collector.named("cowrie.summaries.refresh") if span.trace_id == rebuilt.trace_id]
    assert len(days) == 5
    reports = collector.named("cowrie.reporting.report")
    assert [_attributes(span)["cowrie.report_type"] for span in reports] == ["daily", "weekly", "monthly"]
    assert collector.metrics.keys() <= documented
    assert {"phase": "bulk_ingest"} in collector.metrics["cowrie.run.events_inserted"]
    assert {"phase": "reporting", "state": "finished"} in collector.metrics["cowrie.phase.duration"]
    assert set(collector.headers) == {"secret"}


def test_a_failure_is_told_in_a_sentence_without_a_stack(collector: Collector) -> None:
    class GoneError(UserError):
        pass

    telling = Settings(otlp_endpoint=f"http://127.0.0.1:{collector.server.port}")
    with watched(telling), pytest.raises(GoneError), stage("validate"), stage("part"):
        raise GoneError("the disk\x1b[2J is gone")
    assert {span.name: span.status.message for span in collector.spans} == {
        "cowrie.validate.run": "the disk\\x1b[2J is gone",
        "cowrie.validate.part": "the disk\\x1b[2J is gone",
    }
    assert not any(span.events for span in collector.spans)


def test_a_collector_that_is_down_costs_a_line_and_a_moment(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracing, "_SECONDS_TO_SEND", 1)
    began = time.monotonic()
    with watched(Settings(otlp_endpoint=f"http://127.0.0.1:{free_port()}")):
        for _ in range(3):
            with stage("reporting"):
                pass
    assert time.monotonic() - began < 60
    told = [record.message for record in caplog.records if record.levelno >= logging.WARNING]
    assert told == ["telemetry cannot be sent to COWRIE_OTLP_ENDPOINT, or not all of it; the work goes on"]
    assert "Traceback" not in capfd.readouterr().err
