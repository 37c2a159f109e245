-- What stands in dead letters may be anything: of logs that ended before a time it goes.
UPDATE dead_letters
SET content = :dropped
WHERE
  content <> :dropped
  AND COALESCE((SELECT COALESCE(logs.last_event_at, logs.last_ingested_at) FROM logs WHERE logs.id = dead_letters.log_id), created_at) < :before
