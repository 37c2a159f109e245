CREATE TABLE rebuilt_days (
  first_day INTEGER NOT NULL,
  last_day INTEGER NOT NULL,
  event_day INTEGER NOT NULL,
  derivation BLOB NOT NULL,
  done_at BIGINT NOT NULL,
  PRIMARY KEY (first_day, last_day, event_day)
);
