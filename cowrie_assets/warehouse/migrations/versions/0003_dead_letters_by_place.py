"""A dead letter is known by its place, its reason and its content, and no longer by a digest of them.

Listing millions of them only appends, where nearly all pages of the digest's index were written again for each batch.
"""

from alembic import context
from sqlalchemy import Connection, text

from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.dictionary import digest_of

revision = "0003"
down_revision = "0002"
lost = ""

_AT_A_TIME = 500
_LETTERS = text(
    "SELECT id, log_id, byte_offset, reason, content FROM dead_letters WHERE id > :last ORDER BY id LIMIT :most"
)
_DIGEST = text("UPDATE dead_letters SET digest = :digest WHERE id = :id")


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)


def downgrade() -> None:
    """Run the engine's own file for the way back, which gives each letter a digest that only holds its place, then
    give it its own."""
    context.config.attributes["run_ddl"](revision, down=True)
    connection: Connection = context.config.attributes["connection"]
    last = 0
    while rows := connection.execute(_LETTERS, {"last": last, "most": _AT_A_TIME}).all():
        digests = [
            digest_of(str(row.log_id), str(row.byte_offset), row.reason, decode_text(row.content)) for row in rows
        ]
        connection.execute(
            _DIGEST, [{"id": row.id, "digest": digest} for row, digest in zip(rows, digests, strict=True)]
        )
        last = rows[-1].id
