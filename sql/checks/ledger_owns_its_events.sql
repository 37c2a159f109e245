-- The ledger's count of a log's events is the number of events that say they came from it. Of some days: for the logs that lie within them.
SELECT
  logs.first_event_at / 86400000000 AS first_day,
  logs.last_event_at / 86400000000 AS last_day,
  logs.sensor_id AS sensor_id, logs.id AS log_id, logs.path AS path,
  logs.events AS events_in_ledger, COALESCE(stored.events, 0) AS events_stored
FROM logs
LEFT JOIN (
  SELECT log_id, COUNT(*) AS events FROM events WHERE event_day BETWEEN :first_day AND :last_day GROUP BY log_id
) AS stored ON stored.log_id = logs.id
WHERE logs.events <> COALESCE(stored.events, 0)
  AND (
    :first_day = -2147483648
    OR (logs.first_event_at / 86400000000 >= :first_day AND logs.last_event_at / 86400000000 <= :last_day)
  )
UNION ALL
SELECT
  MIN(events.event_day), MAX(events.event_day), MIN(events.sensor_id), events.log_id,
  (SELECT MIN(path) FROM log_paths WHERE log_paths.log_id = events.log_id),
  0, COUNT(*)
FROM events
LEFT JOIN logs ON logs.id = events.log_id
WHERE logs.id IS NULL AND events.event_day BETWEEN :first_day AND :last_day
GROUP BY events.log_id
