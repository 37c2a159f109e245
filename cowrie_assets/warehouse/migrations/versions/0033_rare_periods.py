"""What is told of snowshoes and of the long tail of a period has a digest, by which its reports are stale."""

from alembic import context

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)
