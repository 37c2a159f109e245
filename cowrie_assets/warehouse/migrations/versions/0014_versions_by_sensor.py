"""Versions of days by sensor, what each sensor's report was written from, and how many sessions a day has.

Reports that stand keep what they were written from. On the way back, those of which a part was written later than the
rest are stale: the code of before takes the reports of a period for one writing.
"""

from alembic import context

revision = "0014"
down_revision = "0013"
lost = ""


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)
