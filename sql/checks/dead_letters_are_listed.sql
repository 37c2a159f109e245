-- Each dead line of each log is listed with its place, and no line that was read well since counts as dead. Of some days: of the logs that have
-- events of them, or none at all. Dead letters of no log belong to no day: they are sought when all days are.
SELECT first_day, last_day, sensor_id, log_id, path, dead_letters_in_ledger, dead_letters_listed
FROM (
  SELECT
    logs.first_event_at / 86400000000 AS first_day,
    logs.last_event_at / 86400000000 AS last_day,
    logs.sensor_id AS sensor_id, logs.id AS log_id, logs.path AS path,
    logs.dead_letters AS dead_letters_in_ledger,
    (SELECT COUNT(*) FROM dead_letters AS d WHERE d.log_id = logs.id AND d.resolved_at IS NULL) AS dead_letters_listed
  FROM logs
  WHERE logs.first_event_at IS NULL
    OR (logs.last_event_at / 86400000000 >= :first_day AND logs.first_event_at / 86400000000 <= :last_day)
) AS counted
WHERE dead_letters_in_ledger <> dead_letters_listed
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
WHERE logs.id IS NULL AND :first_day = -2147483648
GROUP BY d.log_id
