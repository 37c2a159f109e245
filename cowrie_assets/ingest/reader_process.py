"""Reading in a process of its own, so that parsing and writing have a core each.

The child is a plain Python, not one of `multiprocessing`: it imports nothing but what reading needs, whatever program
the parent is, and nothing from the current folder. The two speak over a socket of their own, whose limit keeps the
reader at most one batch ahead; what the child prints goes nowhere.
"""

import gc
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import cowrie_assets
from cowrie_assets.errors import UserError
from cowrie_assets.ingest.framed_messages import TornMessageError, packed, receive, send, send_packed
from cowrie_assets.ingest.reading import ReadTask
from cowrie_assets.ingest.witness import BrokenContentError

_PROGRAM = (
    "import sys; sys.path[:] = sys.argv[2:]; from cowrie_assets.ingest.reader_process import main; main(sys.argv[1])"
)
_SECONDS_TO_DIE = 10
_LARGE_BYTES = 24 * 1024 * 1024
"""Behind a larger batch, which holds a line of that size, the child waits: the two never hold such at once."""


Read = TypeVar("Read")
Yielded_co = TypeVar("Yielded_co", covariant=True)


class Task(Protocol[Yielded_co]):
    """What a child can be told to do. It crosses to the child as a pickle, and so does what it yields."""

    def read(self, ask: Callable[[], None], /) -> Iterable[Yielded_co]:
        """What is read, one after the other; `ask` is called before it takes much memory."""


class ReaderFailedError(RuntimeError):
    """A log could not be read by the reading process; the message says in a sentence what became of that."""


@dataclass(frozen=True, slots=True)
class _LongContent:
    """Says that the log holds something long. The child reads on when it is told to."""


class ReaderProcess:
    """A child that reads one log after another. Close it when done; it ends by itself where its parent dies.

    `before_long` is called before the child takes much memory for a log of which the batches are taken.
    """

    def __init__(self, before_long: Callable[[], None] = lambda: None) -> None:
        self._before_long = before_long
        self._child: _Child | None = None
        self.ahead: ReadTask | None = None
        """The log that the child reads though nobody takes its batches yet."""

    @property
    def pid(self) -> int | None:
        """The child's process id, where there is one."""
        return self._child.process.pid if self._child else None

    def read_ahead(self, task: ReadTask) -> None:
        """Let the child, which has nothing to do, begin a log of which `batches` will be asked for next: it makes one
        batch, and waits where it would take much memory."""
        if self._child is None:
            self._child = _Child()
        self.ahead = task
        with suppress(ReaderFailedError):
            self._child.tell(task)

    def batches(self, task: Task[Read]) -> Generator[Read, None, None]:
        """What `task.read` yields. Raises what it raised, or ReaderFailedError where the child failed.

        A caller that stops before the end must close the iterator: a new child then takes the old one's place.
        """
        ended = False
        try:
            child, message = self._first_answer(task)
            while message is not None and not isinstance(message, Exception):
                if isinstance(message, _LongContent):
                    self._before_long()
                else:
                    yield message
                message = None  # it may be large: nothing is kept of it while the next one is made
                message = child.next_answer()
            ended = True
            if isinstance(message, Exception):
                raise message
        finally:
            if not ended:
                self.close()

    def _first_answer(self, task: Task[Any]) -> "tuple[_Child, Any]":
        """The child and what it says first; a child that died after its last log, or ahead, gets a successor."""
        ahead, self.ahead = self.ahead, None
        if ahead is not None and ahead != task:
            self.close()
        if self._child is not None:
            with suppress(ReaderFailedError):
                if ahead is None:
                    self._child.tell(task)
                message = self._child.answer()
                if ahead is not None and isinstance(message, Exception):  # what failed before may go well now
                    self._child.tell(task)
                    message = self._child.answer()
                return self._child, message
            self.close()
        self._child = _Child()
        self._child.tell(task)
        return self._child, self._child.answer()

    def close(self) -> None:
        """End the child, if there is one."""
        if self._child is not None:
            self._child.end()
            self._child = None
        self.ahead = None


class _Child:
    def __init__(self) -> None:
        self._waits = False
        """It goes on when it is told that its last answer is dealt with."""
        self._stream, theirs = socket.socketpair()
        with theirs:
            descriptor = theirs.fileno()
            self.process = subprocess.Popen(  # noqa: S603  (ourselves)
                [sys.executable, "-P", "-c", _PROGRAM, str(descriptor), *_import_path()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(descriptor,),
            )

    def tell(self, message: Task[Any] | None) -> None:
        """Give it a task, or let it go on with its task."""
        try:
            send(self._stream, message)
        except OSError as error:
            raise self._died() from error

    def next_answer(self) -> Any:  # noqa: ANN401
        """What comes behind an answer that is dealt with."""
        if self._waits:
            self.tell(None)
        return self.answer()

    def answer(self) -> Any:  # noqa: ANN401
        """What it says next."""
        try:
            message, length = receive(self._stream)
        except (EOFError, OSError) as error:
            raise self._died() from error
        except TornMessageError as error:
            raise ReaderFailedError(f"the reading process cannot be understood: {error}") from error
        self._waits = length > _LARGE_BYTES or isinstance(message, _LongContent)
        return message

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self._stream.close()

    def _died(self) -> ReaderFailedError:
        try:
            status = self.process.wait(_SECONDS_TO_DIE)
        except subprocess.TimeoutExpired:
            return ReaderFailedError("the reading process does not answer any more")
        if status >= 0:
            return ReaderFailedError(f"the reading process ended with exit status {status}")
        memory = " (out of memory?)" if -status == signal.SIGKILL else ""
        return ReaderFailedError(f"the reading process was killed by signal {-status}{memory}")


def _import_path() -> list[str]:
    """Where the child imports from: where this process does, but for the current folder, unless we live in it."""
    root = Path(cowrie_assets.__file__).resolve().parents[1]
    here = Path.cwd()
    entries = [Path(entry) for entry in sys.path if Path(entry).is_absolute()]
    chosen = [str(entry) for entry in entries if entry == root or entry != here]
    return chosen if any(Path(entry).resolve() == root for entry in chosen) else [str(root), *chosen]


def main(descriptor: str) -> None:
    """Answer the tasks that come over the socket of this number until there are no more."""
    gc.disable()  # batches hold no cycles, and looking for some among their rows takes an eighth of the time
    ended = suppress(BrokenPipeError, ConnectionResetError, EOFError, KeyboardInterrupt)
    with ended, socket.socket(fileno=int(descriptor)) as stream:
        while True:
            _answer(stream, receive(stream)[0])


def _answer(stream: socket.socket, task: Any) -> None:  # noqa: ANN401  (a Task: our own parent sends nothing else)
    """Send the batches of a task, and then None or what went wrong."""
    failure: Exception | None = None

    def ask() -> None:
        send(stream, _LongContent())
        receive(stream)

    try:
        for batch in task.read(ask):
            body = packed(batch)
            del batch
            send_packed(stream, body)
            if len(body) > _LARGE_BYTES:
                del body
                receive(stream)
    except (BrokenPipeError, ConnectionResetError):
        raise
    except (OSError, BrokenContentError, UserError) as error:
        failure = error
    except MemoryError:
        failure = ReaderFailedError("the reading process ran out of memory")
    except Exception as error:
        failure = ReaderFailedError(f"the reading process failed: {type(error).__name__}: {error}")
    send(stream, failure)
