"""What campaigns say of a day has a version; all days are profiled anew for it."""

from alembic import context

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)
