"""Python's collector of cycles: among many rows it finds none, and looks for them for an eighth of the time."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Nothing looks for cycles in this process while the block runs; what no name holds any more goes as always."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
