"""An index by which the sessions of a user name are found."""

from alembic import context

revision = "0030"
down_revision = "0029"
lost = ""


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)
