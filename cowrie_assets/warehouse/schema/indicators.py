"""What is worth sharing: `indicators.storing` is the only writer."""

from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, SmallInteger, Table

from cowrie_assets.warehouse.schema.columns import PlainText, metadata

indicator_facts = Table(
    "indicator_facts",
    metadata,
    Column("type", PlainText, nullable=False, comment="indicators.indicator.IndicatorType"),
    Column("value", PlainText, nullable=False),
    Column("first_seen", BigInteger, nullable=False),
    Column("last_seen", BigInteger, nullable=False),
    Column("sessions", BigInteger, nullable=False),
    Column("sensors", BigInteger, nullable=False),
    Column("confidence", SmallInteger, nullable=False, comment="0 to 95"),
    Column("expires_at", BigInteger, nullable=False),
    Column("tags", PlainText, nullable=False, comment="separated by semicolons"),
    Column("campaign", PlainText, comment="campaign_facts.campaign"),
    PrimaryKeyConstraint("type", "value"),
    sqlite_with_rowid=False,
    comment="as of the last `cowrie-assets indicators update`: what is left out by default has no row",
)
