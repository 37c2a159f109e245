"""A tick that failed with one sentence is logged as one line, without the stack of the daemon's own frames above it.

`defs/ticks.py` makes such ticks: their errors come from the code server with a message and no stack. A bug has one,
and is logged with it.
"""

import logging

from dagster._core.errors import DagsterUserCodeProcessError


def log_sentences_in_one_line() -> None:
    """From now on, in this process, whichever logger it is."""
    made = logging.getLogRecordFactory()

    def factory(*arguments: object, **more: object) -> logging.LogRecord:
        record = made(*arguments, **more)
        sentence = _sentence_of(record.exc_info[1]) if record.exc_info else None
        if sentence is not None:
            record.msg, record.args, record.exc_info = f"{record.getMessage()}: {sentence}", (), None
        return record

    logging.setLogRecordFactory(factory)


def _sentence_of(error: BaseException | None) -> str | None:
    """What an error of the code server says; None where it has a stack, or is another one."""
    if not isinstance(error, DagsterUserCodeProcessError):
        return None
    infos = error.user_code_process_error_infos
    if any(info.stack or info.cause for info in infos):
        return None
    return " ".join(word for info in infos for word in info.message.split())
