"""How the daemon logs a tick that failed: with its sentence alone, or with the stack of a bug."""

import logging
from collections.abc import Iterator

import pytest
from dagster._core.errors import DagsterUserCodeProcessError
from dagster_shared.error import SerializableErrorInfo

from cowrie_assets.defs.ticks import failing_in_one_line
from cowrie_assets.errors import SettingsError
from cowrie_assets.ui.one_line_errors import log_sentences_in_one_line


@pytest.fixture(autouse=True)
def in_one_line() -> Iterator[None]:
    before = logging.getLogRecordFactory()
    log_sentences_in_one_line()
    yield
    logging.setLogRecordFactory(before)


def logged(caplog: pytest.LogCaptureFixture, error: BaseException) -> str:
    """As the daemon does, on top of frames of its own."""
    try:
        raise error
    except type(error):
        logging.getLogger("dagster.daemon").exception("Sensor daemon caught an error for sensor %s", "new_logs")
    return caplog.records[-1].getMessage() + (caplog.text if "Traceback" in caplog.text else "")


def test_a_sentence_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(DagsterUserCodeProcessError) as failed, failing_in_one_line():
        raise SettingsError("COWRIE_LOG_ROOT is 100 % wrong: set it")
    assert logged(caplog, failed.value) == (
        "Sensor daemon caught an error for sensor new_logs: COWRIE_LOG_ROOT is 100 % wrong: set it"
    )


@pytest.mark.parametrize(
    "bug",
    [
        KeyError("of the daemon itself"),
        DagsterUserCodeProcessError.from_error_info(
            SerializableErrorInfo(message="KeyError: 'x'", stack=["  File ...\n"], cls_name="KeyError")
        ),
    ],
)
def test_a_bug_keeps_its_stack(caplog: pytest.LogCaptureFixture, bug: Exception) -> None:
    assert "Traceback (most recent call last)" in logged(caplog, bug)
