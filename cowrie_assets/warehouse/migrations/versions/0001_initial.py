"""The first tables."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

_DDL = Path(__file__).parents[1] / "ddl"


def upgrade() -> None:
    """Run the engine's own file: what follows is frozen, `schema.py` is what the newest revision comes to."""
    for sql in (_DDL / f"0001_{op.get_bind().dialect.name}.sql").read_text(encoding="utf-8").split(";\n"):
        if sql.strip():
            op.execute(sql)
