CREATE TABLE verdict_providers (
  id INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (name)
);
INSERT INTO verdict_providers (id, name) VALUES (1, 'virustotal'), (2, 'dshield');
CREATE TABLE verdict_facts (
  kind SMALLINT NOT NULL,
  value_id BIGINT NOT NULL,
  provider_id INTEGER NOT NULL,
  status SMALLINT NOT NULL,
  malicious SMALLINT,
  score INTEGER,
  label TEXT,
  description TEXT,
  positives INTEGER,
  total INTEGER,
  first_seen BIGINT,
  last_analysis BIGINT,
  scanned_at BIGINT,
  fetched_at BIGINT,
  changed_at BIGINT,
  expires_at BIGINT,
  attempts INTEGER NOT NULL,
  next_attempt_at BIGINT,
  error TEXT,
  PRIMARY KEY (kind, value_id, provider_id)
) WITHOUT ROWID;
CREATE INDEX verdict_facts_due ON verdict_facts (provider_id, kind, status, next_attempt_at, value_id);
CREATE INDEX verdict_facts_label ON verdict_facts (provider_id, label) WHERE label IS NOT NULL;
CREATE TABLE verdict_data (
  kind SMALLINT NOT NULL,
  value_id BIGINT NOT NULL,
  provider_id INTEGER NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (kind, value_id, provider_id)
);
CREATE TABLE verdict_changes (
  kind SMALLINT NOT NULL,
  value_id BIGINT NOT NULL,
  provider_id INTEGER NOT NULL,
  changed_at BIGINT NOT NULL,
  status SMALLINT NOT NULL,
  malicious SMALLINT,
  score INTEGER,
  label TEXT,
  positives INTEGER,
  total INTEGER,
  first_seen BIGINT,
  PRIMARY KEY (kind, value_id, provider_id, changed_at)
) WITHOUT ROWID;
CREATE TABLE enrolled_days (
  kind SMALLINT NOT NULL,
  provider_id INTEGER NOT NULL,
  session_day INTEGER NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (kind, provider_id, session_day)
) WITHOUT ROWID;
CREATE TABLE verdict_reports (
  report_type TEXT NOT NULL,
  period TEXT NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (report_type, period)
);
ALTER TABLE reports ADD COLUMN verdicts_as_of BIGINT NOT NULL DEFAULT 0;
