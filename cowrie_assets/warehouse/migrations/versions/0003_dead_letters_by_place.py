"""A dead letter is known by its place, its reason and its content, and no longer by a digest of them.

Listing millions of them only appends, where nearly all pages of the digest's index were written again for each batch.
"""

from alembic import context

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Run the engine's own file."""
    context.config.attributes["run_ddl"](revision)
