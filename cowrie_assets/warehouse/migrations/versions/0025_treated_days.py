"""The days whose passwords or addresses were hashed or dropped."""

from alembic import context

revision = "0025"
down_revision = "0024"
lost = "which days were treated: their logs, read again, bring late events with passwords and addresses"


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)
