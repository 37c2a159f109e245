-- What a day saw, as it is treated.
INSERT INTO sightings (session_day, kind, value_id, sensor_id)
SELECT DISTINCT n.session_day, n.kind, m.new_id, n.sensor_id
FROM sightings AS n
JOIN treated_sightings AS m ON m.kind = n.kind AND m.old_id = n.value_id
WHERE n.session_day = :day AND m.new_id IS NOT NULL
ON CONFLICT (session_day, kind, value_id, sensor_id) DO NOTHING
