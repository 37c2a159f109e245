"""Where long work stands, on standard error: a bar on a terminal, a plain line every few seconds elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cowrie_assets.printable import printable
from cowrie_assets.progress import Lines, Progress, ProgressSink, amount, rate

if TYPE_CHECKING:
    from rich.progress import Task


@contextmanager
def shown_progress() -> Iterator[ProgressSink]:
    """A sink that shows what it is told until the block ends."""
    if not sys.stderr.isatty():
        yield Lines(_plain_line)
        return
    with bars() as sink:
        yield sink


def _plain_line(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


@contextmanager
def bars() -> Iterator[ProgressSink]:
    """A bar for each phase; of a steady one with its rate and the time left. What a phase waits for is a line above the
    bars, for beside one there is no room."""
    from rich.console import Console
    from rich.progress import BarColumn, ProgressColumn, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars
    from rich.text import Text

    class Amount(ProgressColumn):
        def render(self, task: "Task") -> Text:
            total = None if task.total is None else int(task.total)
            speed = task.speed if task.fields["is_steady"] else None
            shown = [amount(int(task.completed), total, task.fields["unit"]), rate(speed, task.fields["unit"])]
            return Text(", ".join(filter(None, shown)))

    class Left(TimeRemainingColumn):
        def render(self, task: "Task") -> Text:
            return super().render(task) if task.fields["is_steady"] else Text("")

    class Detail(ProgressColumn):
        def render(self, task: "Task") -> Text:
            return Text(printable(task.fields["detail"]), style="dim", overflow="ellipsis", no_wrap=True)

    with Bars(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        Amount(),
        TimeElapsedColumn(),
        Left(),
        Detail(),
        console=Console(stderr=True),
    ) as shown:
        tasks: dict[str, TaskID] = {}
        waits: dict[str, str] = {}

        def show(progress: Progress) -> None:
            detail = progress.detail
            if progress.is_waiting:
                if waits.get(progress.phase) != detail:
                    shown.console.print(printable(f"{progress.phase}: {detail}"), markup=False, highlight=False)
                waits[progress.phase], detail = detail, ""
            if progress.phase not in tasks:
                tasks[progress.phase] = shown.add_task(
                    progress.phase, unit=progress.unit, detail="", is_steady=progress.is_steady
                )
            shown.update(tasks[progress.phase], completed=progress.done, total=progress.total, detail=detail)

        yield show
