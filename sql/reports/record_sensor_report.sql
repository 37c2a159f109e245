-- One sensor's report of a period, as it was written last.
INSERT INTO sensor_reports (report_type, period, sensor, made_from, generated_at)
VALUES (:report_type, :period, :sensor, :made_from, :generated_at)
ON CONFLICT (report_type, period, sensor) DO UPDATE SET
  made_from = excluded.made_from,
  generated_at = excluded.generated_at
