-- A verdict that a sensor's report of a period (0: that of all sensors) shows changed.
INSERT INTO verdict_reports (report_type, period, sensor_id, changed_at)
VALUES (:report_type, :period, :sensor_id, :now)
ON CONFLICT (report_type, period, sensor_id) DO UPDATE
SET changed_at = CASE WHEN verdict_reports.changed_at < excluded.changed_at THEN excluded.changed_at ELSE verdict_reports.changed_at + 1 END
