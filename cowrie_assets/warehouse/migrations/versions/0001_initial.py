"""The first tables."""

from alembic import context

revision = "0001"
down_revision = None
lost = "all that the database holds"


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)
