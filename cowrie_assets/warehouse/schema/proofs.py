"""What the checks found, and what was proved."""

from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, Table

from cowrie_assets.warehouse.schema.columns import PlainText, metadata

check_results = Table(
    "check_results",
    metadata,
    Column("name", PlainText, nullable=False),
    Column("first_day", Integer, nullable=False),
    Column("last_day", Integer, nullable=False, comment="inclusive"),
    Column("differences", BigInteger, nullable=False, comment="0: passed"),
    Column("checked_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("name", "first_day", "last_day"),
)

proofs = Table(
    "proofs",
    metadata,
    Column("subject", PlainText, nullable=False, comment="day, or the type of a report"),
    Column("name", PlainText, nullable=False, comment="2026-08-31, or the report's period"),
    Column(
        "version", PlainText, nullable=False, comment="of the day or report that was found right: operations.proofs"
    ),
    Column("proved_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("subject", "name"),
    comment="which days and reports `validate` found right, and as what",
)
