CREATE TABLE rare_periods (
  report_type TEXT COLLATE "C" NOT NULL,
  period TEXT COLLATE "C" NOT NULL,
  sensor_id INTEGER NOT NULL,
  made_from BYTEA NOT NULL,
  told BYTEA NOT NULL,
  PRIMARY KEY (report_type, period, sensor_id)
);
