"""What an event counts as, by the data contract's rules."""

from typing import Any

import pytest

from cowrie_assets.cowrie.counting import DEPENDS_ON_FIELDS, SQL_NAMES, CountsAs, counts_as


@pytest.mark.parametrize(
    ("event_type", "event", "kind"),
    [
        ("cowrie.command.input", {"input": "ls"}, CountsAs.COMMAND),
        ("cowrie.command.input", {"input": ""}, CountsAs.COMMAND),
        ("cowrie.command.input", {}, CountsAs.COMMAND),
        ("cowrie.command.input", {"input": "stdin", "realm": "request_exec"}, CountsAs.NOTHING),
        ("cowrie.command.input", {"input": "stdin", "realm": ""}, CountsAs.NOTHING),
        ("cowrie.command.input", {"input": "stdin", "realm": None}, CountsAs.NOTHING),
        ("cowrie.command.failed", {"input": "ls"}, CountsAs.NOTHING),
        ("cowrie.command.success", {"input": "ls"}, CountsAs.NOTHING),
        ("cowrie.login.success", {}, CountsAs.LOGIN_SUCCESS),
        ("cowrie.login.failed", {"password": None}, CountsAs.LOGIN_FAILURE),
        ("cowrie.client.fingerprint", {"username": "root"}, CountsAs.NOTHING),
        ("cowrie.session.file_download", {"shasum": "ab" * 32}, CountsAs.FILE_DOWNLOAD),
        ("cowrie.session.file_download", {"shasum": ""}, CountsAs.FILE_DOWNLOAD),
        ("cowrie.session.file_download", {"realm": "scp"}, CountsAs.NOTHING),
        ("cowrie.session.file_download", {"input": "C0644 1 x"}, CountsAs.NOTHING),
        ("cowrie.session.file_download.failed", {"input": "x"}, CountsAs.FILE_DOWNLOAD_FAILED),
        ("cowrie.session.file_upload", {"realm": "x", "input": "x"}, CountsAs.FILE_UPLOAD),
        ("cowrie.session.closed", {}, CountsAs.CLOSED),
        ("cowrie.direct-tcpip.request", {"dst_ip": "192.0.2.7"}, CountsAs.TUNNEL_REQUEST),
        ("cowrie.log.closed", {"shasum": "ab" * 32}, CountsAs.NOTHING),
        ("cowrie.session.connect", {}, CountsAs.NOTHING),
        ("COWRIE.COMMAND.INPUT", {}, CountsAs.NOTHING),
        ("elasticpot.attack", {}, CountsAs.NOTHING),
    ],
)
def test_what_counts_as_what(event_type: str, event: dict[str, Any], kind: CountsAs) -> None:
    assert counts_as(event_type, event) is kind


def test_what_a_command_gives_another_shell_is_told_by_cowrie_as_a_command_of_its_own() -> None:
    """As Cowrie 3.1.4 told the typed lines `cat /tmp/x | sh` and `sh -c 'id; w'`: no field says who gave the line."""
    told = ["cat /tmp/x | sh", "AB\na\n", "sh -c 'id; w'", "id; w"]
    events = [{"session": "44b19f887bb5", "protocol": "ssh", "input": each, "message": f"CMD: {each}"} for each in told]
    assert [counts_as("cowrie.command.input", event) for event in events] == [CountsAs.COMMAND] * 4


def test_only_the_kinds_that_say_so_depend_on_fields() -> None:
    everything = dict.fromkeys(("realm", "input", "shasum", "password", "message"), "x")
    for event_type in ("cowrie.login.success", "cowrie.session.closed", "cowrie.session.file_upload", "elasticpot.x"):
        assert counts_as(event_type, {}) not in DEPENDS_ON_FIELDS
        assert counts_as(event_type, {}) is counts_as(event_type, everything)


def test_sql_knows_each_kind_by_its_name() -> None:
    assert SQL_NAMES == {
        "nothing": 0,
        "command": 1,
        "login_success": 2,
        "login_failure": 3,
        "file_download": 4,
        "file_download_failed": 5,
        "file_upload": 6,
        "closed": 7,
        "tunnel_request": 8,
    }
