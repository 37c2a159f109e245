"""Indexes of `log_origins`: the clock offsets of a sensor, and whether of some events nobody knows theirs."""

from alembic import context

revision = "0017"
down_revision = "0016"
lost = ""


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)
