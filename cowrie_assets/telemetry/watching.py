"""What an installation watches by: the subscribers that its settings ask for, around the work of a process."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from cowrie_assets.activity import subscribed
from cowrie_assets.settings import Settings

_LOG = logging.getLogger(__name__)


@contextmanager
def watched(settings: Settings) -> Iterator[None]:
    """Tell monitors what this process does until the block ends. Where no setting asks for it nothing is loaded."""
    with ExitStack() as stack:
        if settings.status_dir is not None:
            from cowrie_assets.telemetry.status_files import StatusFiles  # noqa: PLC0415
            from cowrie_assets.telemetry.textfile import FILE_NAME, MetricsFile  # noqa: PLC0415

            metrics = MetricsFile(settings.metrics_file or settings.status_dir / FILE_NAME, settings.status_dir)
            files = StatusFiles(settings.status_dir, written=metrics.written)
            stack.callback(files.close)
            stack.enter_context(subscribed(files))
        if settings.otlp_endpoint is not None:
            try:
                from cowrie_assets.telemetry.tracing import Traces  # noqa: PLC0415
            except ImportError:
                _LOG.warning("nothing is sent to COWRIE_OTLP_ENDPOINT: pip install 'cowrie-assets[otel]'")
            else:
                traces = Traces(settings.otlp_endpoint)
                stack.callback(traces.close)
                stack.enter_context(subscribed(traces))
        yield
