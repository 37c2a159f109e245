ALTER TABLE logs ADD COLUMN folder TEXT;
ALTER TABLE logs ADD COLUMN doubt SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE logs ADD COLUMN proved SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE logs ADD COLUMN read_limit BIGINT NOT NULL DEFAULT 0;
ALTER TABLE logs ADD COLUMN suspects BLOB;
ALTER TABLE dead_letters ADD COLUMN resolution TEXT;
CREATE INDEX dead_letters_place ON dead_letters (log_id, byte_offset);
ALTER TABLE notifications ADD COLUMN claim TEXT;

ALTER TABLE logs ADD COLUMN unusual BIGINT NOT NULL DEFAULT 0;

CREATE TABLE log_origins (
  log_id INTEGER NOT NULL,
  digest BLOB NOT NULL,
  written_sensor TEXT NOT NULL,
  named_by_folder SMALLINT NOT NULL,
  uuid TEXT NOT NULL,
  sensor_id INTEGER NOT NULL,
  clock_offset_us BIGINT NOT NULL,
  reader INTEGER NOT NULL,
  first_written_at BIGINT NOT NULL,
  last_written_at BIGINT NOT NULL,
  PRIMARY KEY (log_id, digest)
) WITHOUT ROWID;

INSERT INTO log_origins
SELECT id, x'00', '', 0, '', sensor_id, 0, 0, COALESCE(first_event_at, 0), COALESCE(last_event_at, 0)
FROM logs
WHERE events > 0;

CREATE TABLE reparsed_days (
  event_day INTEGER NOT NULL,
  derivation BLOB NOT NULL,
  last_event_id BIGINT NOT NULL,
  PRIMARY KEY (event_day)
);
ALTER TABLE log_paths ADD COLUMN ctime_ns BIGINT;
ALTER TABLE log_paths ADD COLUMN looked_at_ns BIGINT;

ALTER TABLE events ADD COLUMN tunnel_target_id BIGINT;

CREATE INDEX events_tunnel ON events (session_ref, tunnel_target_id) WHERE tunnel_target_id IS NOT NULL;

CREATE INDEX session_facts_long ON session_facts (last_event_at) WHERE last_event_at - first_event_at >= 604800000000;
