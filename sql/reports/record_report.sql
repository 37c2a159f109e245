-- What the reports of a period were written from.
INSERT INTO reports (report_type, period, made_from, complete, generated_at, document_version, verdicts_as_of)
VALUES (:report_type, :period, :made_from, :complete, :generated_at, :document_version, :verdicts_as_of)
ON CONFLICT (report_type, period) DO UPDATE
SET
  made_from = excluded.made_from,
  complete = excluded.complete,
  generated_at = excluded.generated_at,
  document_version = excluded.document_version,
  verdicts_as_of = excluded.verdicts_as_of
