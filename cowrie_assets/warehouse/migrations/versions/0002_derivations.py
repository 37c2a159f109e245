"""What is stored can be derived anew, and the ledger tells of the last reading.

Dead letters are listed for each log and place, where each was listed once for a sensor before: their digests are made
anew. A log whose dead lines are not all listed is read again at its next look, and so is one with fewer lines than
events: it was read a second time under another name of its sensor.
"""

from alembic import context
from sqlalchemy import Connection, bindparam, text

from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.dictionary import digest_of

revision = "0002"
down_revision = "0001"
lost = (
    "of logs: the folder in which each was first read, what its events were derived as, what is in doubt or proved; "
    "of dead letters: the copies in other logs of a sensor, and why some were resolved; "
    "of events: their tunnel targets, which `cowrie-assets reparse` derives anew after the next upgrade"
)

_AT_A_TIME = 500
_LETTERS = text(
    "SELECT id, log_id, byte_offset, reason, content FROM dead_letters WHERE id > :last ORDER BY id LIMIT :most"
)
_LETTERS_OF_SENSORS = text(
    "SELECT d.id AS id, s.name AS sensor, d.byte_offset AS byte_offset, d.reason AS reason, d.content AS content "
    "FROM dead_letters AS d JOIN logs AS l ON l.id = d.log_id JOIN sensors AS s ON s.id = l.sensor_id "
    "WHERE d.id > :last ORDER BY d.id LIMIT :most"
)
_LISTED = text("SELECT digest FROM dead_letters WHERE digest IN :digests").bindparams(
    bindparam("digests", expanding=True)
)
_REMOVE = text("DELETE FROM dead_letters WHERE id = :id")
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


def downgrade() -> None:
    """List each dead letter once for a sensor, then run the engine's own file for the way back."""
    connection: Connection = context.config.attributes["connection"]
    last = 0
    while rows := connection.execute(_LETTERS_OF_SENSORS, {"last": last, "most": _AT_A_TIME}).all():
        digests = [
            digest_of(decode_text(row.sensor), str(row.byte_offset), row.reason, decode_text(row.content))
            for row in rows
        ]
        listed = set(map(bytes, connection.execute(_LISTED, {"digests": digests}).scalars()))
        for row, digest in zip(rows, digests, strict=True):
            connection.execute(_REMOVE if digest in listed else _DIGEST, {"id": row.id, "digest": digest})
            listed.add(digest)
        last = rows[-1].id
    context.config.attributes["run_ddl"](revision, down=True)
