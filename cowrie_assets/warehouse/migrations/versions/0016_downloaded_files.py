"""The files that attackers left on the sensors: where they lie, what their bytes say, and which are alike."""

from alembic import context

revision = "0016"
down_revision = "0015"
lost = "what the downloads' folders hold: examined again by `enrich`"


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)
