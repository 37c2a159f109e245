CREATE TABLE indicator_facts (
  type TEXT COLLATE "C" NOT NULL,
  value TEXT COLLATE "C" NOT NULL,
  first_seen BIGINT NOT NULL,
  last_seen BIGINT NOT NULL,
  sessions BIGINT NOT NULL,
  sensors BIGINT NOT NULL,
  confidence SMALLINT NOT NULL,
  expires_at BIGINT NOT NULL,
  tags TEXT COLLATE "C" NOT NULL,
  campaign TEXT COLLATE "C",
  PRIMARY KEY (type, value)
);
