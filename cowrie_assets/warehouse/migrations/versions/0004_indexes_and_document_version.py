"""A log that is opened gets its number and generation by indexes, where each read `logs` and `log_paths` whole.

A report says as which version of the document it was written: those that stand already, as none that is known. The
sessions of an address over all time are found by an index.
"""

from alembic import context

revision = "0004"
down_revision = "0003"
lost = "as which version of the document each report was written: all are stale after the next upgrade"


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)
