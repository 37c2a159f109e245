CREATE TABLE treated_days (
  session_day INTEGER NOT NULL,
  kind SMALLINT NOT NULL,
  way SMALLINT NOT NULL,
  key_mark BYTEA,
  treated_at BIGINT NOT NULL,
  file_waits SMALLINT NOT NULL,
  PRIMARY KEY (session_day, kind)
);
