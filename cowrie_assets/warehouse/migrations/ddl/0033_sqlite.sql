CREATE TABLE rare_periods (
  report_type TEXT NOT NULL,
  period TEXT NOT NULL,
  sensor_id INTEGER NOT NULL,
  made_from BLOB NOT NULL,
  told BLOB NOT NULL,
  PRIMARY KEY (report_type, period, sensor_id)
);
