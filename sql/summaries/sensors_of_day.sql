-- The sensors of a day's sessions and sightings, and 0 for any of them.
INSERT INTO sighted_sensors (sensor_id)
SELECT sensor_id FROM session_facts WHERE session_day = :day
UNION
SELECT sensor_id FROM sightings WHERE session_day = :day
UNION
SELECT 0
