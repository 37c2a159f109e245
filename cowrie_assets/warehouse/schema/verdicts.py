"""What services outside say of files and addresses, and which reports show it."""

from sqlalchemy import BigInteger, Column, Index, Integer, PrimaryKeyConstraint, SmallInteger, Table

from cowrie_assets.warehouse.schema.columns import PlainText, metadata, numbered

_HAS_LABEL = Column("label").isnot(None)

verdict_providers = Table(
    "verdict_providers",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False, comment="1 is virustotal, 2 is dshield"),
    Column("name", PlainText, nullable=False, unique=True),
    comment="the services and lists that say something of values",
)

verdict_facts = Table(
    "verdict_facts",
    metadata,
    Column("kind", SmallInteger, nullable=False, comment="enrichment.answers.Kind"),
    Column("value_id", BigInteger, nullable=False),
    Column("provider_id", Integer, nullable=False, comment="verdict_providers.id"),
    Column("status", SmallInteger, nullable=False, comment="enrichment.answers.Status"),
    Column("malicious", SmallInteger, comment="1, or 0; NULL: the provider does not say, which is not judged"),
    Column("score", Integer, comment="0 to 100: how bad, by the provider"),
    Column("label", PlainText, comment="what the provider calls it, as warehouse.codec stores it"),
    Column("description", PlainText, comment="as warehouse.codec stores it"),
    Column("positives", Integer, comment="engines or lists that call it malicious"),
    Column("total", Integer, comment="engines or lists asked"),
    Column("first_seen", BigInteger, comment="when the provider was first given it"),
    Column("last_analysis", BigInteger),
    Column("scanned_at", BigInteger),
    Column("fetched_at", BigInteger, comment="of the last answer; NULL where none came yet"),
    Column("changed_at", BigInteger, comment="of the newest row of verdict_changes; NULL where there is none"),
    Column("expires_at", BigInteger, comment="from when on the answer is stale; NULL: never"),
    Column("attempts", Integer, nullable=False, comment="that failed since the last answer"),
    Column("next_attempt_at", BigInteger, comment="from when on the provider may be asked; NULL: never"),
    Column("error", PlainText, comment="of the last attempt, as warehouse.codec stores it"),
    PrimaryKeyConstraint("kind", "value_id", "provider_id"),
    Index("verdict_facts_due", "provider_id", "kind", "status", "next_attempt_at", "value_id"),
    Index("verdict_facts_label", "provider_id", "label", sqlite_where=_HAS_LABEL, postgresql_where=_HAS_LABEL),
    sqlite_with_rowid=False,
    comment="what each provider says of a value now; enrichment.verdicts is the only writer",
)

verdict_data = Table(
    "verdict_data",
    metadata,
    Column("kind", SmallInteger, nullable=False),
    Column("value_id", BigInteger, nullable=False),
    Column("provider_id", Integer, nullable=False),
    Column("data", PlainText, nullable=False, comment="JSON of the provider's answer, as warehouse.codec stores it"),
    PrimaryKeyConstraint("kind", "value_id", "provider_id"),
    comment="what else the last answer held: apart, so that the verdicts stay small",
)

verdict_changes = Table(
    "verdict_changes",
    metadata,
    Column("kind", SmallInteger, nullable=False),
    Column("value_id", BigInteger, nullable=False),
    Column("provider_id", Integer, nullable=False),
    Column("changed_at", BigInteger, nullable=False, comment="rises from change to change of a verdict"),
    Column("status", SmallInteger, nullable=False),
    Column("malicious", SmallInteger),
    Column("score", Integer),
    Column("label", PlainText),
    Column("positives", Integer),
    Column("total", Integer),
    Column("first_seen", BigInteger),
    PrimaryKeyConstraint("kind", "value_id", "provider_id", "changed_at"),
    sqlite_with_rowid=False,
    comment="each verdict as it became, a row for each change",
)

_RESTS = Column("rest_until").isnot(None)
_FAILED = Column("error").isnot(None)

service_calls = Table(
    "service_calls",
    metadata,
    numbered(),
    Column("provider_id", Integer, nullable=False, comment="verdict_providers.id"),
    Column("booked_at", BigInteger, nullable=False, comment="committed before the call is made"),
    Column("ended_at", BigInteger, nullable=False, comment="as long as outcome is NULL, when it ends at the latest"),
    Column("asked", Integer, nullable=False, comment="about so many values"),
    Column("outcome", SmallInteger, comment="enrichment.quota.Outcome; NULL: on its way, or nobody saw its end"),
    Column("rest_until", BigInteger, comment="until when the service is not called"),
    Column("error", PlainText, comment="why there is no answer, as warehouse.codec stores it"),
    Index("service_calls_ended", "provider_id", "ended_at"),
    Index("service_calls_rest", "provider_id", "rest_until", sqlite_where=_RESTS, postgresql_where=_RESTS),
    Index("service_calls_failed", "provider_id", "ended_at", sqlite_where=_FAILED, postgresql_where=_FAILED),
    comment="the calls to services outside of two months: what is left of a budget follows from them",
)

enrolled_days = Table(
    "enrolled_days",
    metadata,
    Column("kind", SmallInteger, nullable=False),
    Column("provider_id", Integer, nullable=False),
    Column("session_day", Integer, nullable=False),
    Column("version", BigInteger, nullable=False, comment="changed_days.version as last taken in"),
    PrimaryKeyConstraint("kind", "provider_id", "session_day"),
    sqlite_with_rowid=False,
    comment="the days whose values wait for a provider, or have its verdict",
)

verdict_reports = Table(
    "verdict_reports",
    metadata,
    Column("report_type", PlainText, nullable=False, comment="daily, weekly or monthly"),
    Column("period", PlainText, nullable=False),
    Column("sensor_id", Integer, nullable=False, comment="sensors.id; 0: all sensors, and any of them"),
    Column("changed_at", BigInteger, nullable=False, comment="rises from change to change"),
    PrimaryKeyConstraint("report_type", "period", "sensor_id"),
    comment="when a verdict that a report of a period shows changed last",
)
