"""Several writers on PostgreSQL: numbers of sequences, and names that are unique whoever brings them.

A name is unique by its digest, as a text is: an index holds no name of 60,000 characters.
"""

from alembic import context
from sqlalchemy import Connection, text

from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.dictionary import digest_of

revision = "0005"
down_revision = "0004"

_NAMES = {table: text(f"SELECT id, name FROM {table}") for table in ("sensors", "event_types")}  # noqa: S608
_DIGEST = {table: text(f"UPDATE {table} SET digest = :digest WHERE id = :id") for table in _NAMES}  # noqa: S608


def upgrade() -> None:
    """Run the engine's own file, then give the names their digests."""
    context.config.attributes["run_ddl"](revision)
    connection: Connection = context.config.attributes["connection"]
    for table, names in _NAMES.items():
        rows = [{"id": row.id, "digest": digest_of(decode_text(row.name))} for row in connection.execute(names).all()]
        if rows:
            connection.execute(_DIGEST[table], rows)


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)
