-- What the logs came to whose first event lies in the period: each log is in one day, so days sum up to weeks. An event that is archived is one.
SELECT
  COUNT(*) AS logs,
  CAST(COALESCE(SUM(l.lines), 0) AS BIGINT) AS lines,
  CAST(COALESCE(SUM(l.events + l.archived), 0) AS BIGINT) AS events,
  CAST(COALESCE(SUM(l.duplicates), 0) AS BIGINT) AS duplicates,
  CAST(COALESCE(SUM(l.blank), 0) AS BIGINT) AS blank,
  CAST(COALESCE(SUM(l.dead_letters), 0) AS BIGINT) AS dead_letters
FROM logs AS l
WHERE l.first_event_at >= :start_us AND l.first_event_at < :end_us AND (:sensor_id = 0 OR l.sensor_id = :sensor_id)
