-- What each sensor's folder brought in, from the ledger: cheap whatever the number of events. `events` are those that were new.
SELECT
  sensors.name AS sensor,
  COUNT(*) AS logs,
  CAST(SUM(l.bytes_read) AS BIGINT) AS bytes_read,
  CAST(SUM(l.lines) AS BIGINT) AS lines,
  CAST(SUM(l.events) AS BIGINT) AS events,
  CAST(SUM(l.duplicates) AS BIGINT) AS duplicates,
  CAST(SUM(l.dead_letters) AS BIGINT) AS dead_letters,
  CAST(SUM(l.blank) AS BIGINT) AS blank,
  CAST(SUM(l.archived) AS BIGINT) AS archived,
  CAST(SUM(CASE WHEN l.status = 'damaged' THEN 1 ELSE 0 END) AS BIGINT) AS damaged_logs,
  CAST(SUM(l.unusual) AS BIGINT) AS unusual,
  MAX(l.last_event_at) AS newest_event_at
FROM logs AS l
JOIN sensors ON sensors.id = l.sensor_id
GROUP BY sensors.name
ORDER BY sensors.name
