INSERT INTO sensor_days (session_day, sensor_id, version)
VALUES (:session_day, :sensor_id, :version)
ON CONFLICT (session_day, sensor_id) DO UPDATE SET version = excluded.version
