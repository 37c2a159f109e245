"""The ledger of logs: what was read of each, whence its events come, and what of it is no event."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, SmallInteger, Table, text

from cowrie_assets.warehouse.schema.columns import PlainText, metadata, numbered

_IS_UNKNOWN = text("reader = 0")

logs = Table(
    "logs",
    metadata,
    numbered(),
    Column("sensor_id", Integer, nullable=False, comment="sensors.id of the folder that the log lies in"),
    Column("collector", PlainText, nullable=False, server_default="", comment="the machine that reads it"),
    Column("path", PlainText, nullable=False, comment="where this content was last seen"),
    Column("fingerprint", LargeBinary, nullable=False, comment="BLAKE2b-128 of the content's first line"),
    Column("generation", Integer, nullable=False, comment="1 for the first content at this path, 2 for the next"),
    Column("compression", PlainText, nullable=False),
    Column("bytes_read", BigInteger, nullable=False, comment="end of the last line read, in the decompressed content"),
    Column("next_line", BigInteger, nullable=False, comment="the physical line that begins at bytes_read"),
    Column("checkpoint", LargeBinary, nullable=False, comment="digest of samples of the content up to bytes_read"),
    Column("unterminated", SmallInteger, nullable=False, comment="1 where the last line read had no newline yet"),
    Column("lines", BigInteger, nullable=False),
    Column("events", BigInteger, nullable=False),
    Column("duplicates", BigInteger, nullable=False),
    Column("dead_letters", BigInteger, nullable=False),
    Column("blank", BigInteger, nullable=False),
    Column(
        "archived", BigInteger, nullable=False, server_default="0", comment="events of sealed days that `events` lacks"
    ),
    Column("invalid_utf8", BigInteger, nullable=False, comment="lines in which bytes became U+FFFD"),
    Column("unknown_event_ids", BigInteger, nullable=False, comment="events with an id that Cowrie does not know"),
    Column("naive_timestamps", BigInteger, nullable=False, comment="events whose time had no zone: UTC was assumed"),
    Column("first_event_at", BigInteger),
    Column("last_event_at", BigInteger),
    Column("status", PlainText, nullable=False, comment="open, closed or damaged"),
    Column("last_ingested_at", BigInteger, nullable=False),
    Column("folder", PlainText, comment="name of the folder in which it was first read; NULL: that of `path`"),
    Column("doubt", SmallInteger, nullable=False, server_default="0", comment="1: read again from its start"),
    Column("proved", SmallInteger, nullable=False, server_default="0", comment="1: read whole after it was closed"),
    Column("read_limit", BigInteger, nullable=False, server_default="0", comment="bytes of the longest line allowed"),
    Column("suspects", LargeBinary, comment="places that may be completed later: see ingest.suspects"),
    Column(
        "unusual",
        BigInteger,
        nullable=False,
        server_default="0",
        comment="events in which a text is an object or list",
    ),
    Index("logs_fingerprint", "fingerprint"),
    Index("logs_sensor", "sensor_id"),
    Index("logs_first_event", "first_event_at", "sensor_id"),
    Index("logs_ingested", "last_ingested_at"),
    Index("logs_path", "collector", "path", "generation"),
)

log_paths = Table(
    "log_paths",
    metadata,
    Column("collector", PlainText, nullable=False, comment="the machine that looked at it: its paths are its own"),
    Column("path", PlainText, nullable=False),
    Column("log_id", Integer, comment="logs.id; NULL where the file holds no whole line yet"),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("inode", BigInteger, nullable=False),
    Column("samples", LargeBinary, nullable=False, comment="digest of samples of the file's bytes"),
    Column("pending_bytes", BigInteger, nullable=False, comment="behind the last line: one still being written"),
    Column("ctime_ns", BigInteger, comment="NULL: looked at by revision 0001, which kept neither"),
    Column("looked_at_ns", BigInteger, comment="when the file was last found to be so"),
    PrimaryKeyConstraint("collector", "path"),
    Index("log_paths_log", "log_id"),
    comment="what each path held when it was last looked at: saves opening a log that did not change",
)

log_origins = Table(
    "log_origins",
    metadata,
    Column("log_id", Integer, nullable=False, comment="logs.id"),
    Column(
        "digest", LargeBinary, nullable=False, comment="BLAKE2b-128 of the next six columns, the sensor by its name"
    ),
    Column("written_sensor", PlainText, nullable=False, comment="the events' own `sensor`, else the folder's name"),
    Column("named_by_folder", SmallInteger, nullable=False, comment="1 where it is the folder's name"),
    Column("uuid", PlainText, nullable=False, comment="empty where the events name none"),
    Column("sensor_id", Integer, nullable=False, comment="sensors.id that they were given"),
    Column("clock_offset_us", BigInteger, nullable=False, comment="that was taken off their times"),
    Column("reader", Integer, nullable=False, comment="cowrie.event.READER_VERSION; 0: before this was recorded"),
    Column("first_written_at", BigInteger, nullable=False, comment="before the offset was taken off"),
    Column("last_written_at", BigInteger, nullable=False),
    Index("log_origins_sensor", "sensor_id", "clock_offset_us"),
    Index("log_origins_unknown", "reader", sqlite_where=_IS_UNKNOWN, postgresql_where=_IS_UNKNOWN),
    PrimaryKeyConstraint("log_id", "digest"),
    sqlite_with_rowid=False,
    comment="what the events of a log were derived as: tells what other settings or a newer reader would change",
)

reparsed_days = Table(
    "reparsed_days",
    metadata,
    Column("event_day", Integer, primary_key=True, autoincrement=False),
    Column("derivation", LargeBinary, nullable=False, comment="digest of the settings and reader of the run"),
    Column("version", BigInteger, nullable=False, comment="event_days.version then"),
    comment="the days that a reparse has done: one that was stopped goes on behind them",
)

dead_letters = Table(
    "dead_letters",
    metadata,
    numbered(),
    Column("log_id", Integer, nullable=False, comment="logs.id"),
    Column("line_number", BigInteger, nullable=False),
    Column("byte_offset", BigInteger, nullable=False),
    Column("reason", PlainText, nullable=False),
    Column("content", PlainText, nullable=False, comment="at most 1 MiB of it, as warehouse.codec stores it"),
    Column("content_bytes", BigInteger, nullable=False, comment="its true length in the log"),
    Column("created_at", BigInteger, nullable=False),
    Column("resolved_at", BigInteger),
    Column("resolution", PlainText, comment="why it is resolved; NULL where it is not"),
    Column("replayed_as", LargeBinary, comment="events.event_hash of what it was replayed as"),
    Column("digest", LargeBinary, comment="BLAKE2b-128 of line_number, byte_offset, reason, content, content_bytes"),
    Index("dead_letters_place", "log_id", "byte_offset"),
)
