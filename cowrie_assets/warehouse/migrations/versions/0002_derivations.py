"""What is stored can be derived anew, and the ledger tells of the last reading.

Dead letters are listed for each log and place, where each was listed once for a sensor before: their digests are made
anew. A log whose dead lines are not all listed is read again at its next look, and so is one with fewer lines than
events: it was read a second time under another name of its sensor.
"""

from alembic import context
from sqlalchemy import Connection, text

from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.dictionary import digest_of

revision = "0002"
down_revision = "0001"

_AT_A_TIME = 500
_LETTERS = text(
    "SELECT id, log_id, byte_offset, reason, content FROM dead_letters WHERE id > :last ORDER BY id LIMIT :most"
)
_DIGEST = text("UPDATE dead_letters SET digest = :digest WHERE id = :id")
_DOUBT = text(
    "UPDATE logs SET doubt = 1 WHERE duplicates < 0 "
    "OR dead_letters <> (SELECT COUNT(*) FROM dead_letters AS d WHERE d.log_id = logs.id)"
)


def upgrade() -> None:
    """Run the engine's own file, then bring the dead letters up to it."""
    context.config.attributes["run_ddl"](revision)
    connection: Connection = context.config.attributes["connection"]
    last = 0
    while rows := connection.execute(_LETTERS, {"last": last, "most": _AT_A_TIME}).all():
        connection.execute(
            _DIGEST,
            [
                {
                    "id": row.id,
                    "digest": digest_of(str(row.log_id), str(row.byte_offset), row.reason, decode_text(row.content)),
                }
                for row in rows
            ],
        )
        last = rows[-1].id
    connection.execute(_DOUBT)
