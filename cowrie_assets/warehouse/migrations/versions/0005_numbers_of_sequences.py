"""Several writers on PostgreSQL: numbers of sequences, and names that are unique whoever brings them."""

from alembic import context

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)
