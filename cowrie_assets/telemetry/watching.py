"""What an installation watches by: the subscribers that its settings ask for, around the work of a process."""

import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cowrie_assets.activity import subscribed
from cowrie_assets.settings import Settings

Targets = tuple[Path | None, Path | None, str | None]
_LOG = logging.getLogger(__name__)


@dataclass
class _Watch:
    users: int = 0
    stack: ExitStack = field(default_factory=ExitStack)


_watches: dict[Targets, _Watch] = {}
_changing = threading.Lock()


@contextmanager
def watched(settings: Settings) -> Iterator[None]:
    """Tell monitors what this process does until the block ends. Where no setting asks for it nothing is loaded; blocks
    in each other, and those of several threads, tell it once."""
    targets = (settings.status_dir, settings.metrics_file, settings.otlp_endpoint)
    if not any(targets):
        yield
        return
    with _changing:
        watch = _watches.setdefault(targets, _Watch())
        if not watch.users:
            _subscribe(watch.stack, settings)
        watch.users += 1
    try:
        yield
    finally:
        with _changing:
            watch.users -= 1
            if not watch.users:
                del _watches[targets]
                watch.stack.close()


def _subscribe(stack: ExitStack, settings: Settings) -> None:
    if settings.status_dir is not None:
        from cowrie_assets.telemetry.status_files import METRICS_NAME, StatusFiles  # noqa: PLC0415
        from cowrie_assets.telemetry.textfile import MetricsFile  # noqa: PLC0415

        metrics = MetricsFile(settings.metrics_file or settings.status_dir / METRICS_NAME, settings.status_dir)
        files = StatusFiles(settings.status_dir, written=metrics.written)
        stack.callback(files.close)
        stack.enter_context(subscribed(files))
    if settings.otlp_endpoint is not None:
        try:
            from cowrie_assets.telemetry.tracing import Traces  # noqa: PLC0415
        except ImportError:
            _LOG.warning("nothing is sent to COWRIE_OTLP_ENDPOINT: pip install 'cowrie-assets[otel]'")
            return
        traces = Traces(settings.otlp_endpoint)
        stack.callback(traces.close)
        stack.enter_context(subscribed(traces))
