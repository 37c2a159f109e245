"""The physical tables. The contract's names are views over them: see `sql/views/` and docs/ARCHITECTURE.md.

Units: `*_at`, `*_seen` are microseconds since 1970-01-01 UTC; `*_day` are days since 1970-01-01; `*_us` are
microseconds; flags are 0 or 1. `*_id` refers to `texts.id` unless the table says otherwise. No foreign keys are
declared: a writer resolves every reference before it uses it, no number is taken back, and the checks prove them.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    text,
)

from cowrie_assets.clock import US_PER_DAY

metadata = MetaData()

_Id = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite makes a row id only of a column declared `INTEGER PRIMARY KEY`."""

_Text = Text().with_variant(Text(collation="C"), "postgresql")
"""Compared by code point on both engines, whatever the database's locale."""


def _id() -> Column[int]:
    """A number: on PostgreSQL of a sequence, on SQLite given by the one writer."""
    return Column("id", _Id, Identity(), primary_key=True)


# ------------------------------------------------------------------------------------------------------- dictionaries

warehouse_identity = Table(
    "warehouse_identity",
    metadata,
    Column("identity", _Text, primary_key=True, comment="one row: random, given when the database was made"),
)

sensors = Table(
    "sensors",
    metadata,
    _id(),
    Column("name", _Text, nullable=False),
    Column("digest", LargeBinary, comment="BLAKE2b-128 of the name: the index never holds it"),
    Index("sensors_digest", "digest", unique=True),
)

event_types = Table(
    "event_types",
    metadata,
    _id(),
    Column("name", _Text, nullable=False),
    Column("known", SmallInteger, nullable=False, comment="1 where Cowrie is known to write this id"),
    Column("digest", LargeBinary, comment="BLAKE2b-128 of the name: the index never holds it"),
    Index("event_types_digest", "digest", unique=True),
)

texts = Table(
    "texts",
    metadata,
    _id(),
    Column("digest", LargeBinary, nullable=False, unique=True, comment="BLAKE2b-128: the index never holds the text"),
    Column("text", _Text, nullable=False, comment="as warehouse.codec stores it"),
)

session_keys = Table(
    "session_keys",
    metadata,
    _id(),
    Column("digest", LargeBinary, nullable=False, unique=True, comment="BLAKE2b-128 of sensor and session id"),
    Column("sensor_id", Integer, nullable=False, comment="sensors.id"),
    Column("session_id", _Text, nullable=False),
)

commands = Table(
    "commands",
    metadata,
    Column("command_id", _Id, primary_key=True, autoincrement=False, comment="texts.id of the command as typed"),
    Column("normalized_id", BigInteger, nullable=False, comment="texts.id of the command with what varies folded"),
    Column("signature", BigInteger, nullable=False, comment="40 bits of the normal form's digest, on every database"),
    Column("risk_score", SmallInteger, nullable=False, comment="0 to 100"),
    Column("ruleset", Integer, nullable=False, comment="cowrie.risk.RULESET that gave score and normal form"),
    Index("commands_ruleset", "ruleset"),
)

addresses = Table(
    "addresses",
    metadata,
    Column("ip_id", _Id, primary_key=True, autoincrement=False, comment="texts.id of a source address"),
    Column("network_id", BigInteger, comment="texts.id of its /24 or /48; NULL where it is none"),
)

# ----------------------------------------------------------------------------------------------------------- evidence


_HAS_SESSION = Column("session_ref").isnot(None)
_HAS_TARGET = Column("tunnel_target_id").isnot(None)
_SPANS_A_WEEK = text(f"last_event_at - first_event_at >= {7 * US_PER_DAY}")

events = Table(
    "events",
    metadata,
    Column("id", _Id, primary_key=True, comment="in order of loading; carries no meaning beyond that"),
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
    Column("payload", _Text, nullable=False, comment="the JSON as Cowrie wrote it, as warehouse.codec stores it"),
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

# ------------------------------------------------------------------------------------------------------------ ledgers

logs = Table(
    "logs",
    metadata,
    _id(),
    Column("sensor_id", Integer, nullable=False, comment="sensors.id of the folder that the log lies in"),
    Column("collector", _Text, nullable=False, server_default="", comment="the machine that reads it"),
    Column("path", _Text, nullable=False, comment="where this content was last seen"),
    Column("fingerprint", LargeBinary, nullable=False, comment="BLAKE2b-128 of the content's first line"),
    Column("generation", Integer, nullable=False, comment="1 for the first content at this path, 2 for the next"),
    Column("compression", _Text, nullable=False),
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
    Column("status", _Text, nullable=False, comment="open, closed or damaged"),
    Column("last_ingested_at", BigInteger, nullable=False),
    Column("folder", _Text, comment="name of the folder in which it was first read; NULL: that of `path`"),
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
    Column("collector", _Text, nullable=False, comment="the machine that looked at it: its paths are its own"),
    Column("path", _Text, nullable=False),
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
    Column("written_sensor", _Text, nullable=False, comment="the events' own `sensor`, else the folder's name"),
    Column("named_by_folder", SmallInteger, nullable=False, comment="1 where it is the folder's name"),
    Column("uuid", _Text, nullable=False, comment="empty where the events name none"),
    Column("sensor_id", Integer, nullable=False, comment="sensors.id that they were given"),
    Column("clock_offset_us", BigInteger, nullable=False, comment="that was taken off their times"),
    Column("reader", Integer, nullable=False, comment="cowrie.event.READER_VERSION; 0: before this was recorded"),
    Column("first_written_at", BigInteger, nullable=False, comment="before the offset was taken off"),
    Column("last_written_at", BigInteger, nullable=False),
    Index("log_origins_sensor", "sensor_id"),
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
    _id(),
    Column("log_id", Integer, nullable=False, comment="logs.id"),
    Column("line_number", BigInteger, nullable=False),
    Column("byte_offset", BigInteger, nullable=False),
    Column("reason", _Text, nullable=False),
    Column("content", _Text, nullable=False, comment="at most 1 MiB of it, as warehouse.codec stores it"),
    Column("content_bytes", BigInteger, nullable=False, comment="its true length in the log"),
    Column("created_at", BigInteger, nullable=False),
    Column("resolved_at", BigInteger),
    Column("resolution", _Text, comment="why it is resolved; NULL where it is not"),
    Index("dead_letters_place", "log_id", "byte_offset"),
)

event_days = Table(
    "event_days",
    metadata,
    Column("event_day", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False, comment="a random number, another whenever events of it changed"),
    comment="the days with events",
)

# --------------------------------------------------------------------------------------------------------- sealed days

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
    Column("payload", _Text, nullable=False, comment="as events.payload"),
    Index("events_behind_seal_day", "session_day"),
    Index("events_behind_seal_session", "session_ref"),
    comment="late events: of sealed days, and not stored before these were sealed",
)

# ---------------------------------------------------------------------------------------------------------- summaries

session_facts = Table(
    "session_facts",
    metadata,
    Column("session_ref", _Id, primary_key=True, autoincrement=False, comment="session_keys.id"),
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
    sqlite_with_rowid=False,
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

changed_days = Table(
    "changed_days",
    metadata,
    Column("session_day", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False, comment="a random number, another whenever its sessions changed"),
    comment="the days with sessions: see warehouse.day_versions",
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

check_results = Table(
    "check_results",
    metadata,
    Column("name", _Text, nullable=False),
    Column("first_day", Integer, nullable=False),
    Column("last_day", Integer, nullable=False, comment="inclusive"),
    Column("differences", BigInteger, nullable=False, comment="0: passed"),
    Column("checked_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("name", "first_day", "last_day"),
)

proofs = Table(
    "proofs",
    metadata,
    Column("subject", _Text, nullable=False, comment="day, or the type of a report"),
    Column("name", _Text, nullable=False, comment="2026-08-31, or the report's period"),
    Column("version", _Text, nullable=False, comment="of the day or report that was found right: operations.proofs"),
    Column("proved_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("subject", "name"),
    comment="which days and reports `validate` found right, and as what",
)

reports = Table(
    "reports",
    metadata,
    Column("report_type", _Text, nullable=False, comment="daily, weekly or monthly"),
    Column("period", _Text, nullable=False),
    Column("made_from", LargeBinary, nullable=False, comment="digest of the versions of its days: reports.staleness"),
    Column("complete", SmallInteger, nullable=False),
    Column("generated_at", BigInteger, nullable=False),
    Column(
        "document_version",
        Integer,
        nullable=False,
        server_default="0",
        comment="reports.document_version; 0: before this was recorded",
    ),
    Column(
        "verdicts_as_of",
        BigInteger,
        nullable=False,
        server_default="0",
        comment="verdict_reports.changed_at then; 0: no verdict had changed",
    ),
    PrimaryKeyConstraint("report_type", "period"),
)

# --------------------------------------------------------------------------------------------------------- enrichment

_HAS_LABEL = Column("label").isnot(None)

verdict_providers = Table(
    "verdict_providers",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False, comment="1 is virustotal, 2 is dshield"),
    Column("name", _Text, nullable=False, unique=True),
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
    Column("label", _Text, comment="what the provider calls it, as warehouse.codec stores it"),
    Column("description", _Text, comment="as warehouse.codec stores it"),
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
    Column("error", _Text, comment="of the last attempt, as warehouse.codec stores it"),
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
    Column("data", _Text, nullable=False, comment="JSON of the provider's answer, as warehouse.codec stores it"),
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
    Column("label", _Text),
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
    _id(),
    Column("provider_id", Integer, nullable=False, comment="verdict_providers.id"),
    Column("booked_at", BigInteger, nullable=False, comment="committed before the call is made"),
    Column("ended_at", BigInteger, nullable=False, comment="as long as outcome is NULL, when it ends at the latest"),
    Column("asked", Integer, nullable=False, comment="about so many values"),
    Column("outcome", SmallInteger, comment="enrichment.quota.Outcome; NULL: on its way, or nobody saw its end"),
    Column("rest_until", BigInteger, comment="until when the service is not called"),
    Column("error", _Text, comment="why there is no answer, as warehouse.codec stores it"),
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
    Column("report_type", _Text, nullable=False, comment="daily, weekly or monthly"),
    Column("period", _Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False, comment="rises from change to change"),
    PrimaryKeyConstraint("report_type", "period"),
    comment="when a verdict that the reports of a period show changed last",
)

# -------------------------------------------------------------------------------------------------- what left the house

publications = Table(
    "publications",
    metadata,
    Column("destination", _Text, nullable=False, comment="elasticsearch or opensearch"),
    Column("report_type", _Text, nullable=False),
    Column("period", _Text, nullable=False),
    Column("sensor", _Text, nullable=False, comment="as the document names it, as warehouse.codec stores it"),
    Column("published", BigInteger, comment="generated_at of the document that the destination confirmed"),
    Column("published_at", BigInteger),
    Column("attempts", Integer, nullable=False, comment="that failed since then"),
    Column("error", _Text, comment="of the last attempt, as warehouse.codec stores it"),
    Column("tried_at", BigInteger, nullable=False),
    Column("next_attempt_at", BigInteger, comment="NULL where nothing is to be tried again"),
    PrimaryKeyConstraint("destination", "report_type", "period", "sensor"),
)

notifications = Table(
    "notifications",
    metadata,
    Column("channel", _Text, nullable=False, comment="email, slack or webhook"),
    Column("subject", _Text, nullable=False, comment="digest:daily:2026-08-31, run:ingest, check:commands_sum_up"),
    Column("waiting", Integer, nullable=False, comment="how often it happened since it was last told"),
    Column("content", _Text, comment="of an alert: what is to be told, as warehouse.codec stores it"),
    Column("sent_at", BigInteger, comment="NULL where it never was"),
    Column("attempts", Integer, nullable=False, comment="that failed since then"),
    Column("error", _Text, comment="of the last attempt, as warehouse.codec stores it"),
    Column("next_attempt_at", BigInteger, comment="NULL where nothing is to be tried again"),
    Column("claim", _Text, comment="the mark of the process that sends it now; NULL where none does"),
    PrimaryKeyConstraint("channel", "subject"),
)
