"""Days have versions that are equal or not, where numbers rose in the order of commits; and the warehouse an identity.

Reports say which versions of days they were made from. Those that stand are stale after the upgrade, and after the way
back.
"""

import secrets

from alembic import context
from sqlalchemy import Connection, text

revision = "0008"
down_revision = "0007"
lost = "which reports show the data as it is: all are stale"


def upgrade() -> None:
    """Run the engine's own file, then give the warehouse its identity."""
    context.config.attributes["run_ddl"](revision)
    connection: Connection = context.config.attributes["connection"]
    connection.execute(text("INSERT INTO warehouse_identity VALUES (:identity)"), {"identity": secrets.token_hex(8)})


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)
