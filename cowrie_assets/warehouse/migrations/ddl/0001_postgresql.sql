CREATE TABLE active_hours (
  event_hour INTEGER NOT NULL,
  sensor_id INTEGER NOT NULL,
  PRIMARY KEY (event_hour, sensor_id)
);

CREATE TABLE addresses (
  ip_id BIGINT NOT NULL,
  network_id BIGINT,
  PRIMARY KEY (ip_id)
);

CREATE TABLE changed_days (
  session_day INTEGER NOT NULL,
  revision BIGINT NOT NULL,
  PRIMARY KEY (session_day)
);

CREATE TABLE check_results (
  name TEXT COLLATE "C" NOT NULL,
  first_day INTEGER NOT NULL,
  last_day INTEGER NOT NULL,
  differences BIGINT NOT NULL,
  checked_at BIGINT NOT NULL,
  PRIMARY KEY (name, first_day, last_day)
);

CREATE TABLE command_facts (
  session_ref BIGINT NOT NULL,
  command_id BIGINT NOT NULL,
  occurrences INTEGER NOT NULL,
  first_seen BIGINT NOT NULL,
  last_seen BIGINT NOT NULL,
  PRIMARY KEY (session_ref, command_id)
);

CREATE TABLE commands (
  command_id BIGINT NOT NULL,
  normalized_id BIGINT NOT NULL,
  signature BIGINT NOT NULL,
  risk_score SMALLINT NOT NULL,
  ruleset INTEGER NOT NULL,
  PRIMARY KEY (command_id)
);

CREATE INDEX commands_ruleset ON commands (ruleset);

CREATE TABLE dead_letters (
  id BIGINT NOT NULL,
  digest BYTEA NOT NULL,
  log_id INTEGER NOT NULL,
  line_number BIGINT NOT NULL,
  byte_offset BIGINT NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  content TEXT COLLATE "C" NOT NULL,
  content_bytes BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  resolved_at BIGINT,
  PRIMARY KEY (id),
  UNIQUE (digest)
);

CREATE TABLE event_days (
  event_day INTEGER NOT NULL,
  last_event_id BIGINT NOT NULL,
  PRIMARY KEY (event_day)
);

CREATE TABLE event_types (
  id BIGINT NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  known SMALLINT NOT NULL,
  PRIMARY KEY (id)
);

CREATE SEQUENCE events_id_seq;

CREATE TABLE events (
  id BIGINT NOT NULL DEFAULT nextval('events_id_seq'),
  event_hash BYTEA NOT NULL,
  sensor_id INTEGER NOT NULL,
  session_ref BIGINT,
  matcher SMALLINT,
  event_type_id INTEGER NOT NULL,
  counts_as SMALLINT NOT NULL,
  event_at BIGINT NOT NULL,
  event_day INTEGER NOT NULL,
  src_ip_id BIGINT,
  src_port INTEGER,
  dst_port INTEGER,
  protocol_id BIGINT,
  username_id BIGINT,
  password_id BIGINT,
  command_id BIGINT,
  client_version_id BIGINT,
  hassh_id BIGINT,
  shasum_id BIGINT,
  filename_id BIGINT,
  url_id BIGINT,
  destfile_id BIGINT,
  file_size BIGINT,
  duration_us BIGINT,
  log_id INTEGER NOT NULL,
  byte_offset BIGINT NOT NULL,
  ingested_at BIGINT NOT NULL,
  payload TEXT COLLATE "C" NOT NULL
) PARTITION BY RANGE (event_hash);

CREATE INDEX events_day ON events (event_day, id);

CREATE UNIQUE INDEX events_identity ON events (event_hash);

CREATE INDEX events_session ON events (session_ref, counts_as) WHERE session_ref IS NOT NULL;

CREATE TABLE file_facts (
  session_ref BIGINT NOT NULL,
  shasum_id BIGINT NOT NULL,
  downloads INTEGER NOT NULL,
  uploads INTEGER NOT NULL,
  filename_id BIGINT,
  url_id BIGINT,
  destfile_id BIGINT,
  file_size BIGINT,
  first_seen BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (session_ref, shasum_id)
);

CREATE TABLE file_verdicts (
  shasum TEXT COLLATE "C" NOT NULL,
  status TEXT COLLATE "C" NOT NULL,
  classification TEXT COLLATE "C",
  description TEXT COLLATE "C",
  malicious SMALLINT,
  first_seen BIGINT,
  last_analysis BIGINT,
  positives INTEGER,
  total INTEGER,
  scan_date BIGINT,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (shasum)
);

CREATE TABLE ip_verdicts (
  ip TEXT COLLATE "C" NOT NULL,
  dshield_flagged SMALLINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (ip)
);

CREATE TABLE log_paths (
  path TEXT COLLATE "C" NOT NULL,
  log_id INTEGER,
  size BIGINT NOT NULL,
  mtime_ns BIGINT NOT NULL,
  inode BIGINT NOT NULL,
  samples BYTEA NOT NULL,
  pending_bytes BIGINT NOT NULL,
  PRIMARY KEY (path)
);

CREATE TABLE login_facts (
  session_ref BIGINT NOT NULL,
  username_id BIGINT NOT NULL,
  password_id BIGINT NOT NULL,
  attempts INTEGER NOT NULL,
  successes INTEGER NOT NULL,
  first_seen BIGINT NOT NULL,
  last_seen BIGINT NOT NULL,
  PRIMARY KEY (session_ref, username_id, password_id)
);

CREATE TABLE logs (
  id BIGINT NOT NULL,
  sensor_id INTEGER NOT NULL,
  path TEXT COLLATE "C" NOT NULL,
  fingerprint BYTEA NOT NULL,
  generation INTEGER NOT NULL,
  compression TEXT COLLATE "C" NOT NULL,
  bytes_read BIGINT NOT NULL,
  next_line BIGINT NOT NULL,
  checkpoint BYTEA NOT NULL,
  unterminated SMALLINT NOT NULL,
  lines BIGINT NOT NULL,
  events BIGINT NOT NULL,
  duplicates BIGINT NOT NULL,
  dead_letters BIGINT NOT NULL,
  blank BIGINT NOT NULL,
  invalid_utf8 BIGINT NOT NULL,
  unknown_event_ids BIGINT NOT NULL,
  naive_timestamps BIGINT NOT NULL,
  first_event_at BIGINT,
  last_event_at BIGINT,
  status TEXT COLLATE "C" NOT NULL,
  last_ingested_at BIGINT NOT NULL,
  PRIMARY KEY (id)
);

CREATE INDEX logs_fingerprint ON logs (fingerprint);

CREATE TABLE notifications (
  channel TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  waiting INTEGER NOT NULL,
  content TEXT COLLATE "C",
  sent_at BIGINT,
  attempts INTEGER NOT NULL,
  error TEXT COLLATE "C",
  next_attempt_at BIGINT,
  PRIMARY KEY (channel, subject)
);

CREATE TABLE publications (
  destination TEXT COLLATE "C" NOT NULL,
  report_type TEXT COLLATE "C" NOT NULL,
  period TEXT COLLATE "C" NOT NULL,
  sensor TEXT COLLATE "C" NOT NULL,
  published BIGINT,
  published_at BIGINT,
  attempts INTEGER NOT NULL,
  error TEXT COLLATE "C",
  tried_at BIGINT NOT NULL,
  next_attempt_at BIGINT,
  PRIMARY KEY (destination, report_type, period, sensor)
);

CREATE TABLE reports (
  report_type TEXT COLLATE "C" NOT NULL,
  period TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL,
  complete SMALLINT NOT NULL,
  generated_at BIGINT NOT NULL,
  PRIMARY KEY (report_type, period)
);

CREATE TABLE sensors (
  id BIGINT NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (id)
);

CREATE TABLE session_facts (
  session_ref BIGINT NOT NULL,
  sensor_id INTEGER NOT NULL,
  session_day INTEGER NOT NULL,
  first_event_at BIGINT NOT NULL,
  last_event_at BIGINT NOT NULL,
  matcher SMALLINT NOT NULL,
  protocol_id BIGINT,
  src_ip_id BIGINT,
  src_port INTEGER,
  dst_port INTEGER,
  duration_us BIGINT NOT NULL,
  closed SMALLINT NOT NULL,
  event_count INTEGER NOT NULL,
  command_count INTEGER NOT NULL,
  high_risk_commands INTEGER NOT NULL,
  login_successes INTEGER NOT NULL,
  login_failures INTEGER NOT NULL,
  file_downloads INTEGER NOT NULL,
  file_downloads_failed INTEGER NOT NULL,
  file_uploads INTEGER NOT NULL,
  tunnel_requests INTEGER NOT NULL,
  username_id BIGINT,
  password_id BIGINT,
  client_version_id BIGINT,
  hassh_id BIGINT,
  risk_score SMALLINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (session_ref)
);

CREATE INDEX session_facts_day ON session_facts (session_day, sensor_id);

CREATE TABLE session_keys (
  id BIGINT NOT NULL,
  digest BYTEA NOT NULL,
  sensor_id INTEGER NOT NULL,
  session_id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (digest)
);

CREATE TABLE sighted_days (
  session_day INTEGER NOT NULL,
  revision BIGINT NOT NULL,
  PRIMARY KEY (session_day)
);

CREATE TABLE sightings (
  session_day INTEGER NOT NULL,
  kind SMALLINT NOT NULL,
  value_id BIGINT NOT NULL,
  sensor_id INTEGER NOT NULL,
  PRIMARY KEY (session_day, kind, value_id, sensor_id)
);

CREATE INDEX sightings_value ON sightings (kind, value_id, sensor_id, session_day);

CREATE TABLE summarised_days (
  summary TEXT COLLATE "C" NOT NULL,
  event_day INTEGER NOT NULL,
  last_event_id BIGINT NOT NULL,
  PRIMARY KEY (summary, event_day)
);

CREATE TABLE texts (
  id BIGINT NOT NULL,
  digest BYTEA NOT NULL,
  text TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (digest)
);

ALTER SEQUENCE events_id_seq OWNED BY events.id;
