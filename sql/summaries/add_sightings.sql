INSERT INTO sightings (session_day, kind, value_id, sensor_id)
SELECT :day, kind, value_id, sensor_id FROM changed_sightings WHERE seen = 1
