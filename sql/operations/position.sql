-- How far the warehouse is: its newest event, the newest change of sessions, the latest reading of a log, the latest report.
SELECT
  (SELECT COALESCE(MAX(last_event_id), 0) FROM event_days) AS events,
  (SELECT COALESCE(MAX(revision), 0) FROM changed_days) AS changes,
  (SELECT COALESCE(MAX(last_ingested_at), 0) FROM logs) AS reads,
  (SELECT COALESCE(MAX(generated_at), 0) FROM reports) AS reports
