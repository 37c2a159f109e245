"""What an event counts as: the one place that knows the counting rules of the data contract.

The number is stored with each event (`events.counts_as`); SQL files bind it by its lower-case name, for example
`:login_success`.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any


class CountsAs(IntEnum):
    """What an event adds to its session; `NOTHING` is still an event of it."""

    NOTHING = 0
    COMMAND = 1
    LOGIN_SUCCESS = 2
    LOGIN_FAILURE = 3
    FILE_DOWNLOAD = 4
    FILE_DOWNLOAD_FAILED = 5
    FILE_UPLOAD = 6
    CLOSED = 7
    TUNNEL_REQUEST = 8


_BY_EVENT_TYPE: dict[str, CountsAs] = {
    "cowrie.command.input": CountsAs.COMMAND,
    "cowrie.login.success": CountsAs.LOGIN_SUCCESS,
    "cowrie.login.failed": CountsAs.LOGIN_FAILURE,
    "cowrie.session.file_download": CountsAs.FILE_DOWNLOAD,
    "cowrie.session.file_download.failed": CountsAs.FILE_DOWNLOAD_FAILED,
    "cowrie.session.file_upload": CountsAs.FILE_UPLOAD,
    "cowrie.session.closed": CountsAs.CLOSED,
    "cowrie.direct-tcpip.request": CountsAs.TUNNEL_REQUEST,
}

SQL_NAMES: dict[str, int] = {member.name.lower(): int(member) for member in CountsAs}
"""Constants of SQL files: `{"command": 1, "login_success": 2, ...}`."""


DEPENDS_ON_FIELDS = frozenset({CountsAs.COMMAND, CountsAs.FILE_DOWNLOAD})
"""What an event counts as by its type, unless fields of it say otherwise."""


def counts_as(event_type: str, event: Mapping[str, Any]) -> CountsAs:
    """What this event counts as.

    "`command_count`: `cowrie.command.input` without `realm` (an `input` that is an object or list is no command)";
    "`file_downloads`: `cowrie.session.file_download` with neither `realm` nor `input`" (DATA.md).
    """
    kind = _BY_EVENT_TYPE.get(event_type, CountsAs.NOTHING)
    if kind is CountsAs.COMMAND and ("realm" in event or type(event.get("input")) in (dict, list)):
        return CountsAs.NOTHING
    if kind is CountsAs.FILE_DOWNLOAD and ("realm" in event or "input" in event):
        return CountsAs.NOTHING
    return kind
