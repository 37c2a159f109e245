ALTER TABLE logs ADD COLUMN archived BIGINT NOT NULL DEFAULT 0;
CREATE TABLE seals (
  session_day INTEGER NOT NULL,
  events BIGINT NOT NULL,
  sessions BIGINT NOT NULL,
  raw_digest BLOB NOT NULL,
  sessions_digest BLOB NOT NULL,
  commands_digest BLOB NOT NULL,
  logins_digest BLOB NOT NULL,
  files_digest BLOB NOT NULL,
  sealed_at BIGINT NOT NULL,
  removed_at BIGINT,
  PRIMARY KEY (session_day)
);
CREATE TABLE sealed_identities (
  written_day INTEGER NOT NULL,
  first_identity BLOB NOT NULL,
  session_day INTEGER NOT NULL,
  last_identity BLOB NOT NULL,
  identities BLOB NOT NULL,
  PRIMARY KEY (written_day, first_identity, session_day)
);
CREATE INDEX sealed_identities_day ON sealed_identities (session_day);
CREATE TABLE sealed_hours (
  session_day INTEGER NOT NULL,
  event_hour INTEGER NOT NULL,
  sensor_id INTEGER NOT NULL,
  PRIMARY KEY (session_day, event_hour, sensor_id)
) WITHOUT ROWID;
CREATE INDEX sealed_hours_hour ON sealed_hours (event_hour, sensor_id);
CREATE TABLE sealed_tunnels (
  session_ref BIGINT NOT NULL,
  tunnel_target_id BIGINT NOT NULL,
  requests INTEGER NOT NULL,
  PRIMARY KEY (session_ref, tunnel_target_id)
) WITHOUT ROWID;
CREATE TABLE events_behind_seal (
  event_hash BLOB NOT NULL,
  session_day INTEGER NOT NULL,
  sensor_id INTEGER NOT NULL,
  session_ref BIGINT,
  event_type_id INTEGER NOT NULL,
  event_at BIGINT NOT NULL,
  log_id INTEGER NOT NULL,
  byte_offset BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  payload TEXT NOT NULL,
  PRIMARY KEY (event_hash)
);
CREATE INDEX events_behind_seal_day ON events_behind_seal (session_day);
CREATE INDEX events_behind_seal_session ON events_behind_seal (session_ref);
