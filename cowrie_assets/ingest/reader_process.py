"""Reading in a process of its own, so that parsing and writing have a core each.

Started by `python -m`, not by `multiprocessing`: the child then imports nothing but what reading needs, whatever
program the parent is. The two speak pickles of their own making over a pipe; the pipe's limit keeps the reader at most
one batch ahead.
"""

import gc
import pickle
import subprocess
import sys
from collections.abc import Generator
from typing import IO

from cowrie_assets.ingest.batch import Batch
from cowrie_assets.ingest.reading import ReadTask, read_batches


class ReaderProcess:
    """A child that reads one log after another. Close it when done; it ends by itself where its parent dies."""

    def __init__(self) -> None:
        self._process = _start()

    def batches(self, task: ReadTask) -> Generator[Batch, None, None]:
        """What `read_batches(task)` yields. Raises what it raised, or RuntimeError where the child died.

        A caller that stops before the end must close the iterator: a new child then takes the old one's place.
        """
        assert self._process.stdin is not None  # noqa: S101  (for mypy: `_start` makes both pipes)
        assert self._process.stdout is not None  # noqa: S101
        _send(self._process.stdin, task)
        ended = False
        try:
            while True:
                message = self._receive(self._process.stdout)
                if not isinstance(message, Batch):
                    ended = True
                    if message is None:
                        return
                    raise message
                yield message
        finally:
            if not ended:
                self.close()
                self._process = _start()

    def close(self) -> None:
        """End the child."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def _receive(self, stream: IO[bytes]) -> Batch | OSError | None:
        try:
            message: Batch | OSError | None = pickle.load(stream)  # noqa: S301  (our own child)
        except EOFError:
            status = self._process.wait()
            raise RuntimeError(f"the reading process ended unexpectedly (exit status {status}): load again") from None
        return message


def _start() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "cowrie_assets.ingest.reader_process"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603  (ourselves)


def _send(stream: IO[bytes], message: object) -> None:
    pickle.dump(message, stream, protocol=pickle.HIGHEST_PROTOCOL)
    stream.flush()


def _serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    while True:
        try:
            task = pickle.load(requests)  # noqa: S301  (our own parent)
        except EOFError:
            return
        try:
            for batch in read_batches(task):
                _send(answers, batch)
        except OSError as error:
            _send(answers, error)
        else:
            _send(answers, None)


if __name__ == "__main__":
    gc.disable()  # batches hold no cycles, and looking for some among their rows takes an eighth of the time
    try:
        _serve(sys.stdin.buffer, sys.stdout.buffer)
    except (BrokenPipeError, KeyboardInterrupt):
        sys.exit(1)
