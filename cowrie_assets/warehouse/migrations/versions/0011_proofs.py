"""Which days and reports were found right, and as what: what changed since is proved each night."""

from alembic import context

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)
