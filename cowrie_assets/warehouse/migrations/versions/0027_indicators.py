"""What is worth sharing."""

from alembic import context

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)
