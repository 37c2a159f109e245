"""What a user can mend is one sentence; what passes by itself is told from what somebody has to mend."""

import errno
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from cowrie_assets.errors import SettingsError
from cowrie_assets.faults import may_pass, sentence_of
from cowrie_assets.ingest.discovery import DiscoveryError
from cowrie_assets.publishing.server import ServerError
from cowrie_assets.warehouse.errors import WarehouseBusyError, WarehouseError


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (SettingsError("COWRIE_FIRST_DAY must be a day"), False),
        (DiscoveryError("no logs"), False),
        (WarehouseError("the file is no database"), False),
        (WarehouseBusyError("another process is busy with it"), True),
        (ServerError("the server is busy", status=503, passing=True), True),
        (ServerError("the server refuses the key", status=401), False),
    ],
)
def test_faults_of_our_own_are_told_in_their_words(error: Exception, passes: bool) -> None:
    assert sentence_of(error) == str(error)
    assert may_pass(error) == passes


def test_a_database_that_gives_up_is_told_without_the_statement() -> None:
    error = OperationalError("SELECT 'secret'", {}, sqlite3.OperationalError("disk is away\nDETAIL: secret"))
    assert sentence_of(error) == "the database gave up: disk is away"
    assert may_pass(error)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_no_room_names_the_path_and_what_is_free(tmp_path: Path, number: int) -> None:
    path = tmp_path / "not" / "yet" / "a.json"
    sentence = sentence_of(OSError(number, "cannot be written", str(path)))
    assert sentence is not None
    assert sentence.startswith(f"{path}: cannot be written (")
    assert sentence.endswith(" MB free)")
    assert not may_pass(OSError(number, "cannot be written", str(path)))


def test_what_the_system_says_names_the_file() -> None:
    assert (
        sentence_of(PermissionError(errno.EACCES, "Permission denied", "/r/a.json")) == "/r/a.json: Permission denied"
    )
    assert sentence_of(OSError(errno.ENOSPC, "No space left on device", "standard output")) == (
        "standard output: No space left on device"
    )
    assert may_pass(OSError(errno.EIO, "Input/output error", "/r/a.json"))


@pytest.mark.parametrize("bug", [KeyError("day"), IntegrityError("INSERT", {}, sqlite3.IntegrityError("UNIQUE"))])
def test_a_bug_has_no_sentence(bug: Exception) -> None:
    assert sentence_of(bug) is None
    assert not may_pass(bug)
