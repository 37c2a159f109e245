-- The logs of a log's sensor and collector whose events end before its own begin, the nearest first.
SELECT earlier.id
FROM logs AS this
JOIN logs AS earlier ON earlier.sensor_id = this.sensor_id AND earlier.collector = this.collector AND earlier.id <> this.id
WHERE this.id = :log_id
  AND earlier.last_event_at IS NOT NULL
  AND (this.first_event_at IS NULL OR earlier.last_event_at <= this.first_event_at)
ORDER BY earlier.last_event_at DESC, earlier.id
LIMIT 50
