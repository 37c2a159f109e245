-- Names of the sensors that have a session on any day, each day being one look into the index.
SELECT sensors.name AS name
FROM sensors
WHERE EXISTS (
  SELECT 1
  FROM changed_days AS d
  CROSS JOIN session_facts AS s
  WHERE s.session_day = d.session_day AND s.sensor_id = sensors.id
)
