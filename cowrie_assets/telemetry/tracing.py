"""Spans and metrics for an OpenTelemetry collector, by OTLP over HTTP; flushed as the work of a process ends.

Dagster has no tracing of its own, and a run's process ends with it: so spans are made here and sent within the run.
A collector that is down costs a warning and a few seconds at the end. Headers, certificates and compression are read by
the SDK itself, from the standard's variables (`OTEL_EXPORTER_OTLP_HEADERS`, ...).
"""

import logging
import os
import threading
from collections.abc import Iterator

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.metrics import Counter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, Status, StatusCode, set_span_in_context
from opentelemetry.util.types import AttributeValue

from cowrie_assets import __version__
from cowrie_assets.activity import Figures, Stage, Subscriber
from cowrie_assets.faults import sentence_of
from cowrie_assets.printable import shown
from cowrie_assets.process import host_name
from cowrie_assets.telemetry.metrics import RUN
from cowrie_assets.telemetry.status_document import OF_OTHER_KEYS

PHASES = {
    "bulk_ingest": ("cowrie.bulk", "load"),
    "delta_ingest": ("cowrie.delta", "load"),
    "refresh_summaries": ("cowrie.summaries", "run"),
    "rebuild_session_summaries": ("rebuild_session_summaries", ""),
    "reporting": ("cowrie.reporting", "run"),
    "publishing": ("cowrie.publishing", "run"),
    "enrichment": ("cowrie.enrichment", "run"),
}
"""By phase: how the names of its spans begin, and how its own ends. Another phase is `cowrie.<phase>.run`."""

_NAME = "cowrie_assets"
_SECONDS_TO_SEND = 2
_SECONDS_BETWEEN = 10
_LONGEST_TEXT = 500
_LOG = logging.getLogger(__name__)


class Traces(Subscriber):
    """Sends a span for each stage, and for each phase its figures and its duration."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._sending: _Sending | None = None
        """Made when the first stage begins: a tick of a sensor that does no work sends nothing."""
        self._making = threading.Lock()
        self._open: dict[str, Span] = {}

    def began(self, stage: Stage) -> None:
        """Begin a span."""
        with self._making:
            sending = self._sending = self._sending or _Sending(self._endpoint)
        parent = None if stage.parent is None else self._open.get(stage.parent.identity)
        context = Context() if parent is None else set_span_in_context(parent)
        self._open[stage.identity] = sending.tracer.start_span(
            span_name(stage),
            context,
            attributes={
                "cowrie.ingest_id": stage.phase.identity,
                "cowrie.phase": stage.phase.name,
                **dict(_attributes(stage.attributes)),
            },
            start_time=stage.began_at * 1000,
        )

    def ended(self, stage: Stage, error: BaseException | None) -> None:
        """End it, with its figures."""
        span = self._open.pop(stage.identity, None)
        if span is None or self._sending is None:
            return
        span.set_attributes(dict(_attributes(stage.figures)))
        if error is not None:  # no stack: its frames may hold what attackers wrote
            sentence = sentence_of(error) or type(error).__name__
            span.set_status(Status(StatusCode.ERROR, shown(sentence, _LONGEST_TEXT)))
        span.end()
        if stage.parent is None:
            self._sending.count(stage, "finished" if error is None else "failed")

    def close(self) -> None:
        """Send what is left."""
        if self._sending is not None:
            self._sending.close()


class _Sending:
    """The SDK's way to the collector, with threads of its own."""

    def __init__(self, endpoint: str) -> None:
        _tell_faults_once()
        resource = Resource.create(
            {
                "service.name": "cowrie-assets",
                "service.version": __version__,
                "service.instance.id": f"{host_name()}:{os.getpid()}",
                "host.name": host_name(),
            }
        )
        spans = OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces", timeout=_SECONDS_TO_SEND)
        self._tracers = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._tracers.add_span_processor(BatchSpanProcessor(spans))
        metrics = OTLPMetricExporter(endpoint=f"{endpoint}/v1/metrics", timeout=_SECONDS_TO_SEND)
        reader = PeriodicExportingMetricReader(
            metrics, export_interval_millis=_SECONDS_BETWEEN * 1000, export_timeout_millis=_SECONDS_TO_SEND * 1000
        )
        self._meters = MeterProvider([reader], resource=resource, shutdown_on_exit=False)
        meter = self._meters.get_meter(_NAME, __version__)
        self.tracer = self._tracers.get_tracer(_NAME, __version__)
        self._seconds = meter.create_histogram("cowrie.phase.duration", "s", "How long phases took.")
        self._counters: dict[str, Counter] = {
            name: meter.create_counter(f"cowrie.run.{name}", description=text) for name, text in RUN.items()
        }

    def count(self, phase: Stage, state: str) -> None:
        """Count what a phase did."""
        self._seconds.record(phase.seconds, {"phase": phase.name, "state": state})
        for name, counter in self._counters.items():
            amount = phase.figures.get(name)
            if isinstance(amount, int) and amount > 0:
                counter.add(amount, {"phase": phase.name})

    def close(self) -> None:
        """Send what is left."""
        self._tracers.shutdown()
        self._meters.shutdown(_SECONDS_TO_SEND * 1000)


def span_name(stage: Stage) -> str:
    """`cowrie.bulk.load`, `cowrie.bulk.flush`, `rebuild_session_summaries`: by the nearest phase around it."""
    around = stage
    while around.name not in PHASES and around.parent is not None:
        around = around.parent
    prefix, own = PHASES.get(around.name, (f"cowrie.{around.name}", "run"))
    name = own if around is stage else stage.name
    return f"{prefix}.{name}" if name else prefix


def _attributes(figures: Figures) -> Iterator[tuple[str, AttributeValue]]:
    for name, value in figures.items():
        if value is not None and name not in OF_OTHER_KEYS:
            yield f"cowrie.{name}", shown(value, _LONGEST_TEXT) if isinstance(value, str) else value


class _Once(logging.Handler):
    """Tells of the first fault: of a collector that is down the SDK speaks at each request, with stacks."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._told = False

    def emit(self, record: logging.LogRecord) -> None:
        if not self._told:
            self._told = True
            _LOG.warning("telemetry cannot be sent to COWRIE_OTLP_ENDPOINT, or not all of it; the work goes on")


def _tell_faults_once() -> None:
    logger = logging.getLogger("opentelemetry")
    logger.propagate = False
    logger.handlers = [_Once()]
