"""What campaigns were put together from: where nothing is new, nothing is read."""

from alembic import context

revision = "0032"
down_revision = "0031"
lost = ""


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)
