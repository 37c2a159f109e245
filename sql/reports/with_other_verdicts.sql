-- The periods whose written reports of a type show verdicts that are others now.
SELECT reports.period
FROM reports
JOIN verdict_reports ON verdict_reports.report_type = reports.report_type AND verdict_reports.period = reports.period AND verdict_reports.sensor_id = 0
WHERE reports.report_type = :report_type AND verdict_reports.changed_at > reports.verdicts_as_of
