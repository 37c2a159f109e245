"""Sealed days: what they held, the identities of their events, and what came late; the ledger's term `archived`.

There is no way back while raw events of a sealed day are not in the warehouse: without its seal a rebuild would take
their sessions for wrong.
"""

from alembic import context
from sqlalchemy import Connection, text

from cowrie_assets.warehouse.errors import WarehouseError

revision = "0012"
down_revision = "0011"
lost = "the seals of days, and the late events of sealed days: their logs are read again"

_REMOVED = text("SELECT COUNT(*) FROM seals WHERE removed_at IS NOT NULL")

_READ_AGAIN = text("UPDATE logs SET doubt = 1 WHERE id IN (SELECT log_id FROM events_behind_seal)")


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)


def downgrade() -> None:
    """Run the engine's own file for the way back. Raises WarehouseError where raw events are away."""
    connection: Connection = context.config.attributes["connection"]
    removed = connection.execute(_REMOVED).scalar_one()
    if removed:
        raise WarehouseError(f"the raw events of {removed} sealed days are not in the warehouse: put them back first")
    connection.execute(_READ_AGAIN)
    context.config.attributes["run_ddl"](revision, down=True)
