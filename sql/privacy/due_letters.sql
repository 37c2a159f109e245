-- How many dead letters say what stood in logs that ended before a time.
SELECT COUNT(*)
FROM dead_letters
WHERE
  content <> :dropped
  AND COALESCE((SELECT COALESCE(logs.last_event_at, logs.last_ingested_at) FROM logs WHERE logs.id = dead_letters.log_id), created_at) < :before
