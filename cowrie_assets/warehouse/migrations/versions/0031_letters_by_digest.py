"""A dead letter has a digest of what it says, by which a content that was changed, or a letter that no reading listed,
is told."""

from alembic import context
from sqlalchemy import Connection, text

from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.dictionary import digest_of

revision = "0031"
down_revision = "0030"
lost = ""

_AT_A_TIME = 50
"""A letter may keep 1 MiB."""
_LETTERS = text(
    "SELECT id, line_number, byte_offset, reason, content, content_bytes FROM dead_letters"
    " WHERE id > :last ORDER BY id LIMIT :most"
)
_DIGEST = text("UPDATE dead_letters SET digest = :digest WHERE id = :id")


def upgrade() -> None:
    """Run the engine's own file, and give each letter the digest of what it says today."""
    context.config.attributes["run_ddl"](revision)
    connection: Connection = context.config.attributes["connection"]
    last = 0
    while rows := connection.execute(_LETTERS, {"last": last, "most": _AT_A_TIME}).all():
        connection.execute(_DIGEST, [{"id": number, "digest": _digest(*said)} for number, *said in rows])
        last = rows[-1].id


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)


def _digest(line_number: int, byte_offset: int, reason: str, content: str, content_bytes: int) -> bytes:
    return digest_of(str(line_number), str(byte_offset), reason, decode_text(content), str(content_bytes))
