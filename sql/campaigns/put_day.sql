INSERT INTO campaign_days (session_day, sensor_id, made_from, version)
VALUES (:day, :sensor_id, :made_from, :version)
ON CONFLICT (session_day, sensor_id) DO UPDATE SET made_from = excluded.made_from, version = excluded.version
