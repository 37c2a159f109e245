"""The headlines of sessions: what they did, by the file, the command, the tunnel or the login that tells most of it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Literal, TypedDict

from sqlalchemy import Row

from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.trivial_hashes import trivial_hashes
from cowrie_assets.warehouse.codec import decode_text

DeedKind = Literal["new_file", "file", "command", "tunnel", "login"]


class Deed(TypedDict):
    """One thing that a session did."""

    kind: DeedKind
    value: str
    """The file's url, else its name, else its SHA-256; the command's normal form; the target; `username:password`."""


def headlines(scope: Scope, sessions: Sequence[Row[Any]]) -> defaultdict[int, list[Deed]]:
    """The headline of each of `sessions` (rows of `sql/reports/interesting.sql`), by its `session_ref`.

    In this order: the file that tells most (one that is new before the others, trivial ones never, then the earliest),
    the command with the highest risk (then the earliest) in its normal form, and the tunnel target that was asked for
    most. Of a session without any of them the login; one that has none either has an empty headline.
    """
    deeds: defaultdict[int, list[Deed]] = defaultdict(list)
    if sessions:
        refs = [row.session_ref for row in sessions]
        for row in scope.rows("deeds", {"trivial": trivial_hashes(scope)}, sessions=refs):
            deeds[row.session_ref].append({"kind": row.kind, "value": decode_text(row.value)})
    for row in sessions:
        if row.login_successes and row.session_ref not in deeds:
            deeds[row.session_ref].append({"kind": "login", "value": _credential(row)})
    return deeds


def _credential(row: Row[Any]) -> str:
    return login_of(decode_text(row.username), decode_text(row.password))


def login_of(username: str | None, password: str | None) -> str:
    """`username:password`; without a password (a key) the username alone."""
    return ":".join(part for part in (username or "", password) if part is not None)
