"""How a tick of a sensor or schedule fails: red, with one sentence that says what to do, and no stack trace.

A skipped tick is grey, and means that there is nothing to do. Dagster shows what a tick raised with the stack of its
own frames, which helps nobody to mount a folder. Errors of another process it takes over as they are: one without a
stack is a sentence. A bug keeps its trace.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from dagster._core.errors import DagsterUserCodeProcessError
from dagster_shared.error import SerializableErrorInfo

from cowrie_assets.defs.faults import one_sentence

TickFailed = DagsterUserCodeProcessError
"""What a tick that cannot do its work raises."""


@contextmanager
def failing_in_one_line() -> Iterator[None]:
    """Fail a tick with the sentence of what a user can mend; also a decorator of its function."""
    try:
        with one_sentence():
            yield
    except dg.Failure as failure:
        raise _failed(failure.description or "") from None


def _failed(sentence: str) -> DagsterUserCodeProcessError:
    line = " ".join(sentence.split())
    info = SerializableErrorInfo(message=line, stack=[], cls_name="TickFailed")
    return TickFailed.from_error_info(info)  # type: ignore[no-untyped-call, no-any-return]
