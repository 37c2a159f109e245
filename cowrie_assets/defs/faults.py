"""How what a user can mend is told on Dagster's pages: a step or a tick that fails with one sentence.

It is the sentence that the command line says (`cowrie_assets.faults`). A tick that cannot do its work fails, and is
red. A skipped tick is grey, and means that there is nothing to do.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from cowrie_assets.faults import may_pass, sentence_of
from cowrie_assets.printable import printable


@contextmanager
def one_sentence() -> Iterator[None]:
    """Turn what a user can mend into a failure of one sentence; also a decorator. A bug keeps its traceback.

    Retried is what may pass by itself, as a database that is busy.
    """
    try:
        yield
    except dg.Failure:
        raise
    except Exception as error:
        sentence = sentence_of(error)
        if sentence is None:
            raise
        raise dg.Failure(printable(sentence), allow_retries=may_pass(error)) from None
