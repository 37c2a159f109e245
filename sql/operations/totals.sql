SELECT
  (SELECT CAST(COALESCE(SUM(sessions), 0) AS BIGINT) FROM changed_days) AS sessions,
  (SELECT COUNT(*) FROM event_days) AS days,
  (SELECT MIN(event_day) FROM event_days) AS first_day,
  (SELECT MAX(event_day) FROM event_days) AS last_day,
  (SELECT MAX(last_ingested_at) FROM logs) AS last_ingested_at,
  (SELECT CAST(COALESCE(SUM(pending_bytes), 0) AS BIGINT) FROM log_paths) AS unfinished_bytes
