"""What this process is doing, told to whoever subscribes: phases, their stages, and where they stand.

Work that an operator knows by name runs within `stage("delta_ingest")`; parts of it within stages of their own. A stage
that lies in no other is a phase. Subscribers hear when a stage begins and when it ends, which are its milestones, and
of each message of progress in between:

    class Print(Subscriber):
        def ended(self, stage: Stage, error: BaseException | None) -> None:
            print(stage.name, stage.figures, error)

    with subscribed(Print()):
        ingest(warehouse, settings)

Without a subscriber a stage costs a few microseconds, and nobody is asked for anything.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import ParamSpec, Protocol, TypeVar, cast
from uuid import uuid4

from cowrie_assets.clock import now_us
from cowrie_assets.progress import Progress, ProgressSink, silent

Value = str | int | float | None
Figures = Mapping[str, Value]
P = ParamSpec("P")
Result = TypeVar("Result")

_LOG = logging.getLogger(__name__)


class Database(Protocol):
    """The database that a phase works on, as far as subscribers ask."""

    def vitals(self, *, ask: bool) -> Figures:
        """Its size, its write-ahead log, its transactions. With `ask` it is asked; else it is told what this process
        knows, from any thread and at once."""


@dataclass(slots=True, eq=False)
class Stage:
    """A phase, or a part of one. Its figures are those of this stage alone, so far."""

    name: str
    attributes: Figures
    """What it is about, known as it begins: `sensor`, `source`, `report_type`."""
    parent: "Stage | None" = None
    database: Database | None = None
    """Of a phase; None where it works on none."""
    figures: dict[str, Value] = field(default_factory=dict)
    """What it has done so far, and where it is."""
    progress: Progress | None = None
    """The last message; of a phase."""
    identity: str = field(default_factory=lambda: uuid4().hex)
    """Another one each time, by which the files and spans of one run are told from those of another."""
    began_at: int = field(default_factory=now_us)
    """Microseconds since 1970-01-01 UTC."""
    _began: float = field(default_factory=time.monotonic)
    _step_began: float = field(default_factory=time.monotonic)

    @property
    def phase(self) -> "Stage":
        """The outermost stage around this one; itself where there is none."""
        return self if self.parent is None else self.parent.phase

    @property
    def seconds(self) -> float:
        """How long ago it began, by a clock that nobody sets."""
        return time.monotonic() - self._began

    @property
    def step_seconds(self) -> float:
        """How long ago the step began that `progress` is of: a phase may have several, each from its start."""
        return time.monotonic() - self._step_began

    def note(self, **figures: Value) -> None:
        """Set figures."""
        self.figures.update(figures)

    def add(self, **amounts: int) -> None:
        """Count into figures that are numbers of this stage; each begins at 0."""
        for name, amount in amounts.items():
            before = self.figures.get(name, 0)
            self.figures[name] = (before if isinstance(before, int) else 0) + amount

    def telling(self, sink: ProgressSink) -> ProgressSink:
        """A sink that tells subscribers and then `sink`. Of a stage within a phase it is `sink` itself: the phase has
        handed down one that tells them."""
        if self.parent is not None:
            return sink

        def tell(progress: Progress) -> None:
            before = self.progress
            if before is None or before.phase != progress.phase or progress.done < before.done:
                self._step_began = time.monotonic()
            self.progress = progress
            _tell(lambda subscriber: subscriber.progressed(self, progress))
            sink(progress)

        return tell


class Subscriber:
    """Hears what happens, from the thread in which it happens; each method does nothing unless it is overridden.

    One that raises an exception is logged, and hears nothing any more: the work goes on.
    """

    def began(self, stage: Stage) -> None:
        """A stage begins."""

    def progressed(self, phase: Stage, progress: Progress) -> None:
        """A message of a phase. There may be thousands a second."""

    def ended(self, stage: Stage, error: BaseException | None) -> None:
        """A stage has ended, by `error` where that is none of None; Ctrl-C is KeyboardInterrupt."""


_subscribers: tuple[Subscriber, ...] = ()
_changing = threading.Lock()
_current: ContextVar[Stage | None] = ContextVar("stage", default=None)


@contextmanager
def subscribed(*subscribers: Subscriber) -> Iterator[None]:
    """Tell `subscribers` what any thread of this process does until the block ends."""
    global _subscribers  # noqa: PLW0603  (one process, one list of who listens)
    with _changing:
        _subscribers = (*_subscribers, *subscribers)
    try:
        yield
    finally:
        for each in subscribers:
            _drop(each)


@contextmanager
def stage(name: str, *, database: Database | None = None, **attributes: Value) -> Iterator[Stage]:
    """A stage around the block; within no other stage it is a phase. Do not open one in a generator that stops in it:
    what its caller does meanwhile would be taken for a part of it."""
    parent = _current.get()
    begun = Stage(name, attributes, parent, database)
    token = _current.set(begun)
    _tell(lambda subscriber: subscriber.began(begun))
    failure: BaseException | None = None
    try:
        yield begun
    except BaseException as error:
        failure = error
        raise
    finally:
        _current.reset(token)
        _tell(lambda subscriber: subscriber.ended(begun, failure))


def phase(name: str) -> Callable[[Callable[P, Result]], Callable[P, Result]]:
    """Makes each call of a function a stage, which tells what the function says of its progress. The function takes the
    database first, and `progress` as a keyword."""

    def decorated(function: Callable[P, Result]) -> Callable[P, Result]:
        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> Result:
            with stage(name, database=cast(Database, args[0])) as run:
                kwargs["progress"] = run.telling(cast(ProgressSink, kwargs.get("progress", silent)))
                return function(*args, **kwargs)

        return call

    return decorated


def _tell(what: Callable[[Subscriber], None]) -> None:
    for each in _subscribers:
        try:
            what(each)
        except Exception:
            _LOG.exception("%s failed and is told nothing any more", type(each).__name__)
            _drop(each)


def _drop(subscriber: Subscriber) -> None:
    global _subscribers  # noqa: PLW0603
    with _changing:
        _subscribers = tuple(each for each in _subscribers if each is not subscriber)
