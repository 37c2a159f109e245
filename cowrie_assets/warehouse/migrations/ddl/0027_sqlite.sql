CREATE TABLE indicator_facts (
  type TEXT NOT NULL,
  value TEXT NOT NULL,
  first_seen BIGINT NOT NULL,
  last_seen BIGINT NOT NULL,
  sessions BIGINT NOT NULL,
  sensors BIGINT NOT NULL,
  confidence SMALLINT NOT NULL,
  expires_at BIGINT NOT NULL,
  tags TEXT NOT NULL,
  campaign TEXT,
  PRIMARY KEY (type, value)
) WITHOUT ROWID;
