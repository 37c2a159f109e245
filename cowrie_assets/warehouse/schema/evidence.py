"""The evidence: every event that was ever loaded, once."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, Table

from cowrie_assets.warehouse.schema.columns import Id, PlainText, metadata

_HAS_SESSION = Column("session_ref").isnot(None)

_HAS_TARGET = Column("tunnel_target_id").isnot(None)

events = Table(
    "events",
    metadata,
    Column("id", Id, primary_key=True, comment="in order of loading; carries no meaning beyond that"),
    Column("event_hash", LargeBinary, nullable=False, comment="written second, then BLAKE2b-96 of sensor and JSON"),
    Column("sensor_id", Integer, nullable=False, comment="sensors.id"),
    Column("session_ref", BigInteger, comment="session_keys.id; NULL where the event belongs to no session"),
    Column("matcher", SmallInteger, comment="cowrie.event.Matcher"),
    Column("event_type_id", Integer, nullable=False, comment="event_types.id"),
    Column("counts_as", SmallInteger, nullable=False, comment="cowrie.counting.CountsAs"),
    Column("event_at", BigInteger, nullable=False),
    Column("event_day", Integer, nullable=False),
    Column("src_ip_id", BigInteger),
    Column("src_port", Integer),
    Column("dst_port", Integer),
    Column("protocol_id", BigInteger),
    Column("username_id", BigInteger, comment="of logins"),
    Column("password_id", BigInteger, comment="of logins"),
    Column("command_id", BigInteger, comment="of what counts as a command"),
    Column("client_version_id", BigInteger),
    Column("hassh_id", BigInteger),
    Column("shasum_id", BigInteger, comment="of what counts as a download or an upload, where it is 64 hex digits"),
    Column("filename_id", BigInteger),
    Column("url_id", BigInteger, comment="of what counts as a download (also a failed one) or an upload"),
    Column("destfile_id", BigInteger),
    Column("file_size", BigInteger),
    Column("duration_us", BigInteger, comment="of cowrie.session.closed"),
    Column("log_id", Integer, nullable=False, comment="logs.id of the log that brought the event first"),
    Column("byte_offset", BigInteger, nullable=False, comment="in the decompressed content of that log"),
    Column("ingested_at", BigInteger, nullable=False),
    Column("payload", PlainText, nullable=False, comment="the JSON as Cowrie wrote it, as warehouse.codec stores it"),
    Column("tunnel_target_id", BigInteger, comment="of cowrie.direct-tcpip.request: address and port it asks for"),
    Index("events_identity", "event_hash", unique=True),
    Index("events_session", "session_ref", "counts_as", sqlite_where=_HAS_SESSION, postgresql_where=_HAS_SESSION),
    Index("events_day", "event_day", "id"),
    Index(
        "events_tunnel",
        "session_ref",
        "tunnel_target_id",
        sqlite_where=_HAS_TARGET,
        postgresql_where=_HAS_TARGET,
    ),
    postgresql_partition_by="RANGE (event_hash)",
)
