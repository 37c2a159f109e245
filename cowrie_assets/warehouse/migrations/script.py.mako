"""${message}"""

from alembic import context

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
lost = ""
"""What a downgrade loses, as the end of a sentence; empty where it loses nothing."""


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)
