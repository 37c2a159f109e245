"""The ledger of a fleet has a million logs: those of a sensor, of a day and the latest are found by indexes."""

from alembic import context

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)
