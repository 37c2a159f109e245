"""The ledger of calls to services outside: what is left of their budgets follows from it."""

from alembic import context

revision = "0013"
down_revision = "0012"
lost = "how many calls to services were made: their budgets count as whole again"


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)
