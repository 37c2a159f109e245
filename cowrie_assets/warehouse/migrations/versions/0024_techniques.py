"""Techniques of MITRE ATT&CK: which rules each command and each session matches.

The next refresh maps all commands, and computes every day anew.
"""

from alembic import context

revision = "0024"
down_revision = "0023"
lost = "which techniques sessions showed: the newer code works them out anew"


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)
