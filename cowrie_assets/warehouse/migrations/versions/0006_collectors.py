"""Paths belong to the machine that looks at them: several may have the same one."""

from alembic import context

revision = "0006"
down_revision = "0005"
lost = "what the paths of other collectors than the unnamed one held: their logs are read again"


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)
