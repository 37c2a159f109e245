-- A sensor by its name, as long as a log, an event's origin or a session is its own: of one that was renamed nothing is.
SELECT sensors.id
FROM sensors
WHERE sensors.name = :name
  AND (
    EXISTS (SELECT 1 FROM logs WHERE logs.sensor_id = sensors.id)
    OR EXISTS (SELECT 1 FROM log_origins WHERE log_origins.sensor_id = sensors.id)
    OR EXISTS (
      SELECT 1
      FROM changed_days AS d
      CROSS JOIN session_facts AS s
      WHERE s.session_day = d.session_day AND s.sensor_id = sensors.id
    )
  )
