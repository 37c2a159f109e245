"""What is stored can be derived anew: whose folder a log was read in, what its events were derived as."""

from alembic import context

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)
