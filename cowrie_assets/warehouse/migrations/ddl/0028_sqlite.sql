CREATE TABLE trait_days (
  kind SMALLINT NOT NULL,
  value BIGINT NOT NULL,
  session_day INTEGER NOT NULL,
  sessions INTEGER NOT NULL,
  PRIMARY KEY (kind, value, session_day)
) WITHOUT ROWID;
CREATE INDEX trait_days_day ON trait_days (session_day);
ALTER TABLE campaign_facts ADD COLUMN distinctive SMALLINT DEFAULT 0 NOT NULL;
