"""Where long work stands, on standard error: a bar on a terminal, a plain line every few seconds elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from cowrie_assets.cli.printing import count, duration, size
from cowrie_assets.printable import printable
from cowrie_assets.progress import Progress, ProgressSink

if TYPE_CHECKING:
    from rich.progress import Task

_SECONDS_BETWEEN_LINES = 5.0


@contextmanager
def shown_progress() -> Iterator[ProgressSink]:
    """A sink that shows what it is told until the block ends."""
    if not sys.stderr.isatty():
        yield PlainLines(sys.stderr)
        return
    with bars() as sink:
        yield sink


class PlainLines:
    """Writes `loading: 12.8 MB of 31.0 MB (41 %), 9.1 MB a second, 2 s left`, at most a line every five seconds."""

    def __init__(self, stream: TextIO, seconds_between: float = _SECONDS_BETWEEN_LINES) -> None:
        self._stream = stream
        self._between = seconds_between
        self._phase = ""
        self._phase_began = self._last_line = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.phase != self._phase:
            self._phase, self._phase_began = progress.phase, now
        if now - self._last_line < self._between:
            return
        self._last_line = now
        elapsed = now - self._phase_began
        speed = progress.done / elapsed if elapsed > 0 else None
        parts = [amount(progress.done, progress.total, progress.unit), rate(speed, progress.unit)]
        if progress.total and speed:
            parts.append(f"{duration(max(progress.total - progress.done, 0) / speed)} left")
        line = f"{progress.phase}: {', '.join(filter(None, parts))} {progress.detail}"
        print(printable(line.rstrip()), file=self._stream, flush=True)


@contextmanager
def bars() -> Iterator[ProgressSink]:
    """A bar for each phase, with its rate and the time left."""
    from rich.console import Console
    from rich.progress import BarColumn, ProgressColumn, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars
    from rich.text import Text

    class Amount(ProgressColumn):
        def render(self, task: "Task") -> Text:
            total = None if task.total is None else int(task.total)
            shown = [amount(int(task.completed), total, task.fields["unit"]), rate(task.speed, task.fields["unit"])]
            return Text(", ".join(filter(None, shown)))

    class Detail(ProgressColumn):
        def render(self, task: "Task") -> Text:
            return Text(printable(task.fields["detail"]), style="dim", overflow="ellipsis", no_wrap=True)

    with Bars(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        Amount(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        Detail(),
        console=Console(stderr=True),
    ) as shown:
        tasks: dict[str, TaskID] = {}

        def show(progress: Progress) -> None:
            if progress.phase not in tasks:
                tasks[progress.phase] = shown.add_task(progress.phase, unit=progress.unit, detail="")
            shown.update(tasks[progress.phase], completed=progress.done, total=progress.total, detail=progress.detail)

        yield show


def amount(done: int, total: int | None, unit: str) -> str:
    """`12.8 MB of 31.0 MB (41 %)`, `3 of 7 days`, `512 sessions`."""
    if unit == "bytes":
        return f"{size(done)} of {size(total)} ({done * 100 // total} %)" if total else size(done)
    return f"{count(done)} of {count(total)} {unit}" if total is not None else f"{count(done)} {unit}"


def rate(speed: float | None, unit: str) -> str:
    """`9.1 MB a second`, `1,250 sessions a second`; nothing where it is not known or below one."""
    if not speed:
        return ""
    if unit == "bytes":
        return f"{size(speed)} a second"
    return f"{count(round(speed))} {unit} a second" if speed >= 1 else ""
