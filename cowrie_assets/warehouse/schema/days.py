"""What is known of days: their versions, and what of them waits for its summaries."""

from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, Table

from cowrie_assets.warehouse.schema.columns import metadata

event_days = Table(
    "event_days",
    metadata,
    Column("event_day", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False, comment="a random number, another whenever events of it changed"),
    comment="the days with events",
)

changed_days = Table(
    "changed_days",
    metadata,
    Column("session_day", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False, comment="a random number, another whenever its sessions changed"),
    Column("sessions", BigInteger, nullable=False, server_default="0", comment="so many it has"),
    comment="the days with sessions: see warehouse.day_versions",
)

sensor_days = Table(
    "sensor_days",
    metadata,
    Column("session_day", Integer, nullable=False),
    Column("sensor_id", Integer, nullable=False, comment="sensors.id"),
    Column("version", BigInteger, nullable=False, comment="as changed_days.version, of one sensor"),
    PrimaryKeyConstraint("session_day", "sensor_id"),
    sqlite_with_rowid=False,
    comment="the days with sessions of each sensor: see warehouse.day_versions",
)

waiting_sessions = Table(
    "waiting_sessions",
    metadata,
    Column("event_day", Integer, nullable=False, comment="a day with events that the summaries have not taken in"),
    Column("session_ref", BigInteger, nullable=False, comment="session_keys.id; 0: of no session"),
    Column("step", BigInteger, nullable=False, comment="a random number of the step that wrote the row"),
    Column(
        "first_event_id",
        BigInteger,
        comment="the least that the step brought; NULL: the whole day is made anew",
    ),
    PrimaryKeyConstraint("event_day", "session_ref", "step"),
    sqlite_with_rowid=False,
    comment="what is loaded and not yet summarised: written by what changes events, deleted by the refresh",
)
