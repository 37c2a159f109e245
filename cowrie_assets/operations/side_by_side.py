"""Checks that are done side by side: this process and others take one after the other from the same queue."""

import gc
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any, TypeVar

from cowrie_assets.ingest.reader_process import ReaderFailedError, ReaderProcess
from cowrie_assets.operations.check_tasks import CheckTask
from cowrie_assets.progress import Progress, ProgressSink
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse

Found = TypeVar("Found")


class SideBySide:
    """What is to be looked at: `ask` for each part, then `go`, then take the results."""

    def __init__(self, warehouse: Warehouse, settings: Settings, progress: ProgressSink) -> None:
        self._warehouse = warehouse
        self._settings = settings
        self._progress = progress
        self._waiting: deque[tuple[CheckTask[Any], Future[Any]]] = deque()
        self._asked = self._done = 0
        self._lock = threading.Lock()

    def ask(self, task: CheckTask[Found]) -> Future[Found]:
        """What `task` will have found when `go` ends."""
        future: Future[Found] = Future()
        self._waiting.append((task, future))
        self._asked += 1
        return future

    def go(self, workers: int) -> None:
        """Do all by so many processes, this one among them. What another one fails to do, as where it is killed for
        want of memory, is done here. Raises what a task raises; nothing of the others runs on then."""
        with ThreadPoolExecutor(max(workers - 1, 1)) as pool, ExitStack() as processes:
            try:
                others = [
                    pool.submit(self._by, processes.enter_context(closing(ReaderProcess()))) for _ in range(workers - 1)
                ]
                self._here()
                for other in others:
                    other.result()
                self._here()
            finally:
                self._waiting.clear()
        self._tell("")

    def _here(self) -> None:
        for task, future in self._each():
            self._tell(task.about)
            self._found(future, task.run(self._warehouse, self._settings))

    def _by(self, process: ReaderProcess) -> None:
        for task, future in self._each():
            try:
                (found,) = process.batches(_Elsewhere(task, self._settings))
            except ReaderFailedError:
                self._waiting.append((task, future))
                return
            self._found(future, found)

    def _each(self) -> Iterator[tuple[CheckTask[Any], Future[Any]]]:
        while True:
            try:
                yield self._waiting.popleft()
            except IndexError:
                return

    def _found(self, future: Future[Any], found: object) -> None:
        future.set_result(found)
        with self._lock:
            self._done += 1

    def _tell(self, about: str) -> None:
        self._progress(Progress("compare", self._done, self._asked, "parts", about))


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    """A check as a task of `ReaderProcess`, which opens the database for itself."""

    task: CheckTask[Any]
    settings: Settings

    def read(self, _: Callable[[], None]) -> Iterator[Any]:
        """What the check finds: one thing."""
        gc.enable()
        waits = self.settings.lock_wait_seconds
        with Warehouse.open(self.settings.database_url, create=False, longest_wait=waits) as warehouse:
            yield self.task.run(warehouse, self.settings)
