DELETE FROM sightings
WHERE session_day = :day AND (kind, value_id, sensor_id) IN (SELECT kind, value_id, sensor_id FROM changed_sightings WHERE seen = 0)
