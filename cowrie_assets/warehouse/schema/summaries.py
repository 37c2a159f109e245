"""The summaries, recomputed from the events."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    text,
)

from cowrie_assets.clock import US_PER_DAY
from cowrie_assets.warehouse.schema.columns import Id, metadata

_HAS_HASSH = Column("hassh_id").isnot(None)
_HAS_URL = Column("url_id").isnot(None)
_SPANS_A_WEEK = text(f"last_event_at - first_event_at >= {7 * US_PER_DAY}")

session_facts = Table(
    "session_facts",
    metadata,
    Column("session_ref", Id, primary_key=True, autoincrement=False, comment="session_keys.id"),
    Column("sensor_id", Integer, nullable=False, comment="sensors.id"),
    Column("session_day", Integer, nullable=False, comment="the UTC day of first_event_at: what every report goes by"),
    Column("first_event_at", BigInteger, nullable=False),
    Column("last_event_at", BigInteger, nullable=False),
    Column("matcher", SmallInteger, nullable=False),
    Column("protocol_id", BigInteger),
    Column("src_ip_id", BigInteger),
    Column("src_port", Integer),
    Column("dst_port", Integer),
    Column("duration_us", BigInteger, nullable=False),
    Column("closed", SmallInteger, nullable=False),
    Column("event_count", Integer, nullable=False),
    Column("command_count", Integer, nullable=False),
    Column("high_risk_commands", Integer, nullable=False, comment="those of them that score 70 or more"),
    Column("login_successes", Integer, nullable=False),
    Column("login_failures", Integer, nullable=False),
    Column("file_downloads", Integer, nullable=False),
    Column("file_downloads_failed", Integer, nullable=False),
    Column("file_uploads", Integer, nullable=False),
    Column("tunnel_requests", Integer, nullable=False),
    Column("username_id", BigInteger),
    Column("password_id", BigInteger),
    Column("client_version_id", BigInteger),
    Column("hassh_id", BigInteger),
    Column("risk_score", SmallInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False, comment="when its newest event was ingested"),
    Index("session_facts_day", "session_day", "sensor_id"),
    Index("session_facts_source", "src_ip_id", "session_day"),
    Index("session_facts_hassh", "hassh_id", "session_day", sqlite_where=_HAS_HASSH, postgresql_where=_HAS_HASSH),
    Index("session_facts_long", "last_event_at", sqlite_where=_SPANS_A_WEEK, postgresql_where=_SPANS_A_WEEK),
)

command_facts = Table(
    "command_facts",
    metadata,
    Column("session_ref", BigInteger, nullable=False),
    Column("command_id", BigInteger, nullable=False),
    Column("occurrences", Integer, nullable=False),
    Column("first_seen", BigInteger, nullable=False),
    Column("last_seen", BigInteger, nullable=False),
    PrimaryKeyConstraint("session_ref", "command_id"),
    Index("command_facts_command", "command_id", "session_ref"),
    sqlite_with_rowid=False,
)

login_facts = Table(
    "login_facts",
    metadata,
    Column("session_ref", BigInteger, nullable=False),
    Column("username_id", BigInteger, nullable=False, comment="0: the event had none"),
    Column("password_id", BigInteger, nullable=False, comment="0: a key, or none"),
    Column("attempts", Integer, nullable=False),
    Column("successes", Integer, nullable=False),
    Column("first_seen", BigInteger, nullable=False),
    Column("last_seen", BigInteger, nullable=False),
    PrimaryKeyConstraint("session_ref", "username_id", "password_id"),
    Index("login_facts_credential", "password_id", "username_id", "session_ref"),
    Index("login_facts_username", "username_id", "session_ref"),
    sqlite_with_rowid=False,
)

file_facts = Table(
    "file_facts",
    metadata,
    Column("session_ref", BigInteger, nullable=False),
    Column("shasum_id", BigInteger, nullable=False),
    Column("downloads", Integer, nullable=False),
    Column("uploads", Integer, nullable=False),
    Column("filename_id", BigInteger),
    Column("url_id", BigInteger),
    Column("destfile_id", BigInteger),
    Column("file_size", BigInteger),
    Column("first_seen", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("session_ref", "shasum_id"),
    Index("file_facts_file", "shasum_id", "session_ref"),
    Index("file_facts_url", "url_id", "session_ref", sqlite_where=_HAS_URL, postgresql_where=_HAS_URL),
    sqlite_with_rowid=False,
)

sightings = Table(
    "sightings",
    metadata,
    Column("session_day", Integer, nullable=False),
    Column("kind", SmallInteger, nullable=False, comment="warehouse.sighting_kinds.SightingKind"),
    Column("value_id", BigInteger, nullable=False),
    Column("sensor_id", Integer, nullable=False, comment="sensors.id; 0: any sensor"),
    PrimaryKeyConstraint("session_day", "kind", "value_id", "sensor_id"),
    Index("sightings_value", "kind", "value_id", "sensor_id", "session_day"),
    sqlite_with_rowid=False,
    comment="which values were seen on which day: what tells the new from the known",
)

active_hours = Table(
    "active_hours",
    metadata,
    Column("event_hour", Integer, nullable=False, comment="hours since 1970-01-01 UTC"),
    Column("sensor_id", Integer, nullable=False, comment="sensors.id"),
    PrimaryKeyConstraint("event_hour", "sensor_id"),
    sqlite_with_rowid=False,
    comment="the hours in which a sensor wrote an event: the others are gaps",
)

rebuilt_days = Table(
    "rebuilt_days",
    metadata,
    Column("first_day", Integer, nullable=False, comment="of the days that the rebuild was asked for"),
    Column("last_day", Integer, nullable=False),
    Column("event_day", Integer, nullable=False),
    Column("derivation", LargeBinary, nullable=False, comment="digest of the statements and rules of the run"),
    Column("done_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("first_day", "last_day", "event_day"),
    comment="the days that a rebuild has done: one that was stopped goes on behind them",
)
