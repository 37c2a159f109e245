"""Sealed days: what they held, and what came too late for them."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, SmallInteger, Table

from cowrie_assets.warehouse.schema.columns import PlainText, metadata

seals = Table(
    "seals",
    metadata,
    Column("session_day", Integer, primary_key=True, autoincrement=False, comment="the sealed day"),
    Column("events", BigInteger, nullable=False, comment="of its sessions, and of no session on the day"),
    Column("sessions", BigInteger, nullable=False),
    Column("raw_digest", LargeBinary, nullable=False, comment="see summaries.seals, as the next four"),
    Column("sessions_digest", LargeBinary, nullable=False),
    Column("commands_digest", LargeBinary, nullable=False),
    Column("logins_digest", LargeBinary, nullable=False),
    Column("files_digest", LargeBinary, nullable=False),
    Column("sealed_at", BigInteger, nullable=False),
    Column("removed_at", BigInteger, comment="when its raw events left `events`; NULL while they are there"),
    comment="days that do not change any more: what they held",
)

sealed_identities = Table(
    "sealed_identities",
    metadata,
    Column("written_day", Integer, nullable=False, comment="of the identities: their first 4 bytes, in days"),
    Column("first_identity", LargeBinary, nullable=False),
    Column("session_day", Integer, nullable=False, comment="seals.session_day"),
    Column("last_identity", LargeBinary, nullable=False),
    Column("identities", LargeBinary, nullable=False, comment="16 bytes each, in order, without gaps"),
    PrimaryKeyConstraint("written_day", "first_identity", "session_day"),
    Index("sealed_identities_day", "session_day"),
    comment="the identities of the events of sealed days, some thousands a row: tells what is known from what is late",
)

sealed_hours = Table(
    "sealed_hours",
    metadata,
    Column("session_day", Integer, nullable=False, comment="seals.session_day"),
    Column("event_hour", Integer, nullable=False, comment="hours since 1970-01-01 UTC, on another day than the sealed"),
    Column("sensor_id", Integer, nullable=False),
    PrimaryKeyConstraint("session_day", "event_hour", "sensor_id"),
    Index("sealed_hours_hour", "event_hour", "sensor_id"),
    sqlite_with_rowid=False,
    comment="active hours of removed events that lie on another day than the one sealed",
)

sealed_tunnels = Table(
    "sealed_tunnels",
    metadata,
    Column("session_ref", BigInteger, nullable=False),
    Column("tunnel_target_id", BigInteger, nullable=False),
    Column("requests", Integer, nullable=False),
    PrimaryKeyConstraint("session_ref", "tunnel_target_id"),
    sqlite_with_rowid=False,
    comment="what reports tell of removed events that no summary holds",
)

events_behind_seal = Table(
    "events_behind_seal",
    metadata,
    Column("event_hash", LargeBinary, primary_key=True),
    Column("session_day", Integer, nullable=False, comment="seals.session_day of the day that it came too late for"),
    Column("sensor_id", Integer, nullable=False),
    Column("session_ref", BigInteger),
    Column("event_type_id", Integer, nullable=False),
    Column("event_at", BigInteger, nullable=False),
    Column("log_id", Integer, nullable=False, comment="logs.id of the log that brought it first"),
    Column("byte_offset", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("payload", PlainText, nullable=False, comment="as events.payload"),
    Index("events_behind_seal_day", "session_day"),
    Index("events_behind_seal_session", "session_ref"),
    comment="late events: of sealed days, and not stored before these were sealed",
)

treated_days = Table(
    "treated_days",
    metadata,
    Column("session_day", Integer, nullable=False),
    Column("kind", SmallInteger, nullable=False, comment="cowrie.privacy.Personal: 1 passwords, 2 addresses"),
    Column("way", SmallInteger, nullable=False, comment="cowrie.privacy.Way: 1 hashed, 2 dropped"),
    Column("key_mark", LargeBinary, comment="cowrie.privacy.Key.mark of what they were hashed with"),
    Column("treated_at", BigInteger, nullable=False),
    Column("file_waits", SmallInteger, nullable=False, comment="1: the archive's file of the day has them still"),
    PrimaryKeyConstraint("session_day", "kind"),
    comment="the days whose passwords or addresses were hashed or dropped, sealed then; they stay so when unsealed",
)
