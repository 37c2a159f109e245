"""The `ssh_keys` section: the public keys that sessions of the period implanted, or brought in a file."""

from typing import TypedDict

from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.sections.campaigns import MOST
from cowrie_assets.warehouse.codec import decode_text


class ImplantedKey(TypedDict):
    """A public key."""

    fingerprint: str
    """`SHA256:...`, as `ssh-keygen -l` prints it."""
    type: str
    """Its algorithm, such as `ssh-rsa`; of several that stand beside it the one that sorts last. Empty: not known."""
    comment: str | None
    """What stands behind it; chosen likewise."""
    sessions: int
    new: bool
    """No session of any sensor had it before the period."""


class KeysSection(TypedDict):
    """The keys of the period."""

    unique: int
    new: int
    items: list[ImplantedKey]
    """By sessions, descending, then by fingerprint."""


def ssh_keys_section(scope: Scope) -> KeysSection:
    """The section, from `sql/reports/ssh_keys.sql`; of days that campaigns have not taken in it knows no keys."""
    rows = sorted(scope.rows("ssh_keys"), key=lambda row: (-row.sessions, row.fingerprint))
    return {
        "unique": len(rows),
        "new": sum(row.is_new for row in rows),
        "items": [
            {
                "fingerprint": decode_text(row.fingerprint),
                "type": decode_text(row.subtype),
                "comment": decode_text(row.comment),
                "sessions": row.sessions,
                "new": bool(row.is_new),
            }
            for row in rows[: min(scope.top, MOST)]
        ],
    }
