-- The sensors that a log, or the events of one, are given to today: a name that was replaced is none of them.
SELECT sensors.name AS name
FROM sensors
WHERE EXISTS (SELECT 1 FROM logs WHERE logs.sensor_id = sensors.id)
  OR EXISTS (SELECT 1 FROM log_origins WHERE log_origins.sensor_id = sensors.id)
