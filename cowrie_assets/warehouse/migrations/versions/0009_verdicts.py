"""One table says what any provider says of any value, with its history; what there was of files and addresses goes in.

Reports say as of which verdicts they were written: those that stand already, as of none.
"""

from typing import Any

from alembic import context
from sqlalchemy import Connection, Row, text

from cowrie_assets.warehouse.dictionary import digest_of

revision = "0009"
down_revision = "0008"
lost = (
    "the history of verdicts, what providers other than VirusTotal and DShield say, what is known but not judged, "
    "the rest of each answer, and when each value is asked for again"
)

_AT_A_TIME = 500
_STATUSES = {"pending": 1, "enriched": 2, "failed": 3, "skipped": 4}
_FILE, _ADDRESS = 1, 2
_VIRUSTOTAL, _DSHIELD = 1, 2
_FILES = text("SELECT * FROM file_verdicts WHERE shasum > :last ORDER BY shasum LIMIT :most")
_ADDRESSES = text("SELECT * FROM ip_verdicts WHERE ip > :last ORDER BY ip LIMIT :most")
_KNOWN = text("SELECT id FROM texts WHERE digest = :digest")
_ADD = text("INSERT INTO texts (digest, text) VALUES (:digest, :text) RETURNING id")
_FACT = text(
    "INSERT INTO verdict_facts (kind, value_id, provider_id, status, malicious, label, description, positives, total, "
    "first_seen, last_analysis, scanned_at, fetched_at, changed_at, attempts, next_attempt_at) "
    "VALUES (:kind, :value_id, :provider_id, :status, :malicious, :label, :description, :positives, :total, "
    ":first_seen, :last_analysis, :scanned_at, :fetched_at, :changed_at, 0, :next_attempt_at)"
)
_CHANGE = text(
    "INSERT INTO verdict_changes (kind, value_id, provider_id, changed_at, status, malicious, label, positives, total, "
    "first_seen) VALUES (:kind, :value_id, :provider_id, :changed_at, :status, :malicious, :label, :positives, :total, "
    ":first_seen)"
)
_NOTHING = dict.fromkeys(
    ("label", "description", "positives", "total", "first_seen", "last_analysis", "scanned_at", "next_attempt_at")
)


def upgrade() -> None:
    """Make the tables, carry the rows over, and take away those that held them."""
    run_ddl, connection = context.config.attributes["run_ddl"], context.config.attributes["connection"]
    run_ddl(revision)
    last = ""
    while rows := connection.execute(_FILES, {"last": last, "most": _AT_A_TIME}).all():
        for row in rows:
            _put(connection, row.shasum, _of_file(row))
        last = rows[-1].shasum
    last = ""
    while rows := connection.execute(_ADDRESSES, {"last": last, "most": _AT_A_TIME}).all():
        for row in rows:
            _put(connection, row.ip, _of_address(row))
        last = rows[-1].ip
    connection.execute(text("DROP TABLE file_verdicts"))
    connection.execute(text("DROP TABLE ip_verdicts"))


def downgrade() -> None:
    """Run the engine's own file for the way back, which carries the rows over."""
    context.config.attributes["run_ddl"](revision, down=True)


def _put(connection: Connection, value: str, row: dict[str, Any]) -> None:
    """`value` has neither NUL nor lone surrogate: as it is stored, it is."""
    digest = digest_of(value)
    value_id = connection.execute(_KNOWN, {"digest": digest}).scalar()
    if value_id is None:
        value_id = connection.execute(_ADD, {"digest": digest, "text": value}).scalar_one()
    connection.execute(_FACT, row | {"value_id": value_id})
    if row["changed_at"] is not None:
        connection.execute(_CHANGE, row | {"value_id": value_id})


def _of_file(row: Row[Any]) -> dict[str, Any]:
    status = _STATUSES.get(row.status, _STATUSES["pending"])
    answered = status == _STATUSES["enriched"]
    at = None if status == _STATUSES["pending"] else row.updated_at
    return {
        **{"kind": _FILE, "provider_id": _VIRUSTOTAL, "status": status},
        "malicious": row.malicious if answered else None,
        **{"label": row.classification, "description": row.description, "positives": row.positives, "total": row.total},
        **{"first_seen": row.first_seen, "last_analysis": row.last_analysis, "scanned_at": row.scan_date},
        **{"fetched_at": row.updated_at if answered else None, "changed_at": at},
        "next_attempt_at": row.updated_at if at is None else None,
    }


def _of_address(row: Row[Any]) -> dict[str, Any]:
    return {
        **{"kind": _ADDRESS, "provider_id": _DSHIELD, "status": _STATUSES["enriched"]},
        **{"malicious": row.dshield_flagged, "fetched_at": row.updated_at, "changed_at": row.updated_at, **_NOTHING},
    }
