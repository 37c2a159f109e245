UPDATE reports
SET made_from = ''
WHERE EXISTS (
  SELECT 1
  FROM sensor_reports AS s
  WHERE s.report_type = reports.report_type AND s.period = reports.period AND s.generated_at <> reports.generated_at
);
DROP TABLE sensor_reports;
DROP TABLE sensor_days;
ALTER TABLE changed_days DROP COLUMN sessions;
