-- The next dead letters that say what stood in logs that ended before a time, without what they say.
SELECT id, line_number, byte_offset, reason, content_bytes
FROM dead_letters
WHERE
  id > :after
  AND content <> :dropped
  AND COALESCE((SELECT COALESCE(logs.last_event_at, logs.last_ingested_at) FROM logs WHERE logs.id = dead_letters.log_id), created_at) < :before
ORDER BY id
LIMIT :limit
