CREATE TABLE campaign_days (
  session_day INTEGER NOT NULL,
  sensor_id INTEGER NOT NULL,
  made_from BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (session_day, sensor_id)
);
DELETE FROM profiled_days;
