"""How many networks a database of places holds is not told: its file counts the nodes of its tree, which are others."""

from alembic import context

revision = "0018"
down_revision = "0017"
lost = ""


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)
