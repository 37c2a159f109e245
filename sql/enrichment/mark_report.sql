-- A verdict that the reports of a period show changed.
INSERT INTO verdict_reports (report_type, period, changed_at)
VALUES (:report_type, :period, :now)
ON CONFLICT (report_type, period) DO UPDATE
SET changed_at = CASE WHEN verdict_reports.changed_at < excluded.changed_at THEN excluded.changed_at ELSE verdict_reports.changed_at + 1 END
