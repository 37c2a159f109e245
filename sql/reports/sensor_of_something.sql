-- A sensor by its name, as long as a log, an event's origin or a session is its own: of one that was renamed nothing is.
SELECT sensors.id
FROM sensors
WHERE sensors.name = :name
  AND (
    EXISTS (SELECT 1 FROM logs WHERE logs.sensor_id = sensors.id)
    OR EXISTS (SELECT 1 FROM log_origins WHERE log_origins.sensor_id = sensors.id)
    OR EXISTS (SELECT 1 FROM session_facts WHERE session_facts.sensor_id = sensors.id)
  )
