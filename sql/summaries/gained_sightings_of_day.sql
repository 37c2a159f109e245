-- What a day gained that was not seen on it before, under its sensors and under sensor 0.
INSERT INTO changed_sightings (kind, value_id, sensor_id, seen)
SELECT gained.kind, gained.value_id, gained.sensor_id, 1
FROM (
  SELECT kind, value_id, sensor_id FROM gained_sightings WHERE session_day = :day
  UNION
  SELECT kind, value_id, 0 FROM gained_sightings WHERE session_day = :day
) AS gained
WHERE NOT EXISTS (
  SELECT 1
  FROM sightings
  WHERE sightings.session_day = :day AND sightings.kind = gained.kind AND sightings.value_id = gained.value_id
    AND sightings.sensor_id = gained.sensor_id
)
