ALTER TABLE verdict_reports RENAME TO verdict_sensors;
CREATE TABLE verdict_reports (
  report_type TEXT COLLATE "C" NOT NULL,
  period TEXT COLLATE "C" NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (report_type, period)
);
INSERT INTO verdict_reports (report_type, period, changed_at)
SELECT report_type, period, changed_at FROM verdict_sensors WHERE sensor_id = 0;
DROP TABLE verdict_sensors;
