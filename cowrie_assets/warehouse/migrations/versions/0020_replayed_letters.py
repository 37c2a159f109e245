"""Which event a dead letter was replayed as."""

from alembic import context

revision = "0020"
down_revision = "0019"
lost = "which events dead letters were replayed as: a log that is read again from its start counts these lines as dead"


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)
