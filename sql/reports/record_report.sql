-- What the reports of a period were written from.
INSERT INTO reports (report_type, period, made_from, complete, generated_at, document_version)
VALUES (:report_type, :period, :made_from, :complete, :generated_at, :document_version)
ON CONFLICT (report_type, period) DO UPDATE
SET
  made_from = excluded.made_from,
  complete = excluded.complete,
  generated_at = excluded.generated_at,
  document_version = excluded.document_version
