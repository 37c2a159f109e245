-- What the reports of a period were written from.
INSERT INTO reports (report_type, period, revision, complete, generated_at)
VALUES (:report_type, :period, :revision, :complete, :generated_at)
ON CONFLICT (report_type, period) DO UPDATE
SET revision = excluded.revision, complete = excluded.complete, generated_at = excluded.generated_at
