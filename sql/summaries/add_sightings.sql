INSERT INTO sightings (session_day, kind, value_id, sensor_id)
SELECT session_day, kind, value_id, sensor_id FROM changed_sightings WHERE session_day = :day AND seen = 1
