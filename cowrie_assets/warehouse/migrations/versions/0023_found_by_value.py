"""Indexes by which the sessions of one value are found: a command, a credential, a file, a url, a HASSH, a network.

`find` looks a value up among millions of sessions; reports go from sessions to their values, and need none of these.
"""

from alembic import context

revision = "0023"
down_revision = "0022"
lost = ""


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)
