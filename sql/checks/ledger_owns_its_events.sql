-- The ledger's count of a log's events is the number of events that say they came from it. Of some days: for the logs that lie within them.
WITH stored AS (
  SELECT log_id, COUNT(*) AS events, MIN(event_day) AS first_day, MAX(event_day) AS last_day, MIN(sensor_id) AS sensor_id
  FROM events
  WHERE event_day BETWEEN :first_day AND :last_day
  GROUP BY log_id
)

SELECT
  logs.first_event_at / 86400000000 AS first_day,
  logs.last_event_at / 86400000000 AS last_day,
  logs.sensor_id AS sensor_id, logs.id AS log_id, logs.path AS path,
  logs.events AS events_in_ledger, COALESCE(stored.events, 0) AS events_stored
FROM logs
LEFT JOIN stored ON stored.log_id = logs.id
WHERE logs.events <> COALESCE(stored.events, 0)
  AND (
    :first_day = -2147483648
    OR (logs.first_event_at / 86400000000 >= :first_day AND logs.last_event_at / 86400000000 <= :last_day)
  )
UNION ALL
SELECT
  stored.first_day, stored.last_day, stored.sensor_id, stored.log_id,
  (SELECT MIN(path) FROM log_paths WHERE log_paths.log_id = stored.log_id),
  0, stored.events
FROM stored
LEFT JOIN logs ON logs.id = stored.log_id
WHERE logs.id IS NULL
