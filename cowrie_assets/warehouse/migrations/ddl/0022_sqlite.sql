ALTER TABLE verdict_reports RENAME TO verdict_periods;
CREATE TABLE verdict_reports (
  report_type TEXT NOT NULL,
  period TEXT NOT NULL,
  sensor_id INTEGER NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (report_type, period, sensor_id)
);
INSERT INTO verdict_reports (report_type, period, sensor_id, changed_at)
SELECT report_type, period, 0, changed_at FROM verdict_periods;
DROP TABLE verdict_periods;
