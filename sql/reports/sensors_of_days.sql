-- Names of the sensors that have a session on one of some days: each sensor and day is one look into the index.
SELECT sensors.name AS name
FROM sensors
WHERE EXISTS (
  SELECT 1
  FROM changed_days AS d
  JOIN session_facts AS s ON s.session_day = d.session_day AND s.sensor_id = sensors.id
  WHERE d.session_day >= :start_day AND d.session_day < :end_day
)
