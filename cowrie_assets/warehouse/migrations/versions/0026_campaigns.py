"""What sessions did, each distinct thing once; the keys, hosts, wallets and endpoints they named; campaigns."""

from alembic import context

revision = "0026"
down_revision = "0025"
lost = "what became of campaigns; they, and what sessions named of keys and hosts, are made anew from the tables"


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)


def downgrade() -> None:
    """Run the engine's own file for the way back."""
    context.config.attributes["run_ddl"](revision, down=True)
