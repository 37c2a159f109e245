"""What was typed or carried on which day, by how many sessions: what tells the rare from the usual."""

from alembic import context

revision = "0028"
down_revision = "0027"
lost = "how many sessions had what on which day: the newer code counts it anew from the tables"


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)
