"""Where addresses are and which lists name them, in tables that reports add up in SQL."""

from alembic import context

revision = "0015"
down_revision = "0014"
lost = "where addresses are and which lists name them: matched again by `enrich`"


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)
