-- The sensors that a log, or the events of one, are given to today: a name that was replaced is none of them.
SELECT name
FROM sensors
WHERE id IN (SELECT sensor_id FROM logs UNION SELECT sensor_id FROM log_origins)
