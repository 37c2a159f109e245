"""Of which sensor a report shows a verdict that changed.

What was marked before is known of all sensors' report alone: each sensor's is written once more when its period is.
"""

from alembic import context

revision = "0022"
down_revision = "0021"
lost = ""


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)
