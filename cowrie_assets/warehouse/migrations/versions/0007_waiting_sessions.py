"""What is loaded and not yet summarised is a queue of sessions, where two watermarks of `events.id` stood.

The days that waited for one of the summaries wait as a whole.
"""

from alembic import context

revision = "0007"
down_revision = "0006"
lost = ""


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)
