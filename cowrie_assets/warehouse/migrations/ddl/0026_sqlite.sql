CREATE TABLE artefact_sources (
  source_id INTEGER NOT NULL,
  version BIGINT NOT NULL,
  token BIGINT,
  words SMALLINT,
  PRIMARY KEY (source_id)
);
CREATE INDEX artefact_sources_token ON artefact_sources (token);
CREATE TABLE artefact_facts (
  source_id BIGINT NOT NULL,
  kind SMALLINT NOT NULL,
  value_id BIGINT NOT NULL,
  subtype TEXT NOT NULL,
  comment_id BIGINT,
  PRIMARY KEY (source_id, kind, value_id)
) WITHOUT ROWID;
CREATE INDEX artefact_facts_value ON artefact_facts (kind, value_id);
CREATE TABLE sequences (
  id INTEGER NOT NULL,
  digest BLOB NOT NULL,
  forms BLOB NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (digest)
);
CREATE TABLE sequence_bands (
  band BIGINT NOT NULL,
  sequence BIGINT NOT NULL,
  PRIMARY KEY (band, sequence)
) WITHOUT ROWID;
CREATE TABLE profiles (
  id INTEGER NOT NULL,
  digest BLOB NOT NULL,
  sequence BIGINT NOT NULL,
  campaign TEXT,
  PRIMARY KEY (id),
  UNIQUE (digest)
);
CREATE INDEX profiles_campaign ON profiles (campaign);
CREATE TABLE profile_marks (
  profile BIGINT NOT NULL,
  kind SMALLINT NOT NULL,
  value_id BIGINT NOT NULL,
  PRIMARY KEY (profile, kind, value_id)
) WITHOUT ROWID;
CREATE INDEX profile_marks_value ON profile_marks (kind, value_id);
CREATE TABLE session_profiles (
  session_ref INTEGER NOT NULL,
  profile BIGINT NOT NULL,
  first_event_at BIGINT NOT NULL,
  PRIMARY KEY (session_ref)
);
CREATE INDEX session_profiles_profile ON session_profiles (profile, first_event_at);
CREATE INDEX session_profiles_time ON session_profiles (first_event_at);
CREATE TABLE profiled_days (
  session_day INTEGER NOT NULL,
  mark BLOB NOT NULL,
  PRIMARY KEY (session_day)
);
CREATE TABLE campaign_facts (
  campaign TEXT NOT NULL,
  name TEXT NOT NULL,
  oldest_ref BIGINT NOT NULL,
  profiles INTEGER NOT NULL,
  sessions INTEGER NOT NULL,
  addresses INTEGER NOT NULL,
  networks INTEGER NOT NULL,
  sensors INTEGER NOT NULL,
  days INTEGER NOT NULL,
  first_seen BIGINT NOT NULL,
  last_seen BIGINT NOT NULL,
  made_from BLOB NOT NULL,
  PRIMARY KEY (campaign)
);
CREATE TABLE campaign_changes (
  changed_at BIGINT NOT NULL,
  campaign TEXT NOT NULL,
  became TEXT NOT NULL,
  kind TEXT NOT NULL,
  sessions INTEGER NOT NULL,
  PRIMARY KEY (changed_at, campaign, became)
);
