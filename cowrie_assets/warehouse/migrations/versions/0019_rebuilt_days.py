"""Which days a rebuild has done, so that one that was stopped goes on behind them."""

from alembic import context

revision = "0019"
down_revision = "0018"
lost = ""


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)
