-- Each dead line of each log is listed with its place, and no line that was read well since counts as dead.
SELECT
  logs.first_event_at / 86400000000 AS first_day,
  logs.last_event_at / 86400000000 AS last_day,
  logs.sensor_id AS sensor_id, logs.id AS log_id, logs.path AS path,
  logs.dead_letters AS dead_letters_in_ledger, COALESCE(listed.dead_letters, 0) AS dead_letters_listed
FROM logs
LEFT JOIN (
  SELECT log_id, COUNT(*) AS dead_letters FROM dead_letters WHERE resolved_at IS NULL GROUP BY log_id
) AS listed ON listed.log_id = logs.id
WHERE logs.dead_letters <> COALESCE(listed.dead_letters, 0)
UNION ALL
SELECT
  (SELECT MIN(events.event_day) FROM events WHERE events.log_id = d.log_id),
  (SELECT MAX(events.event_day) FROM events WHERE events.log_id = d.log_id),
  (SELECT MIN(events.sensor_id) FROM events WHERE events.log_id = d.log_id),
  d.log_id,
  (SELECT MIN(path) FROM log_paths WHERE log_paths.log_id = d.log_id),
  0, COUNT(*)
FROM dead_letters AS d
LEFT JOIN logs ON logs.id = d.log_id
WHERE logs.id IS NULL
GROUP BY d.log_id
