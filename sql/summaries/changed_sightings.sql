-- How the stored sightings of a day differ from the fresh ones: `seen` is 0 for what is stored and wrong, 1 for what is missing.
INSERT INTO changed_sightings (session_day, kind, value_id, sensor_id, seen)
SELECT :day, kind, value_id, sensor_id, 0
FROM (
  SELECT kind, value_id, sensor_id FROM sightings WHERE session_day = :day
  EXCEPT
  SELECT kind, value_id, sensor_id FROM fresh_sightings
) AS wrong
UNION ALL
SELECT :day, kind, value_id, sensor_id, 1
FROM (
  SELECT kind, value_id, sensor_id FROM fresh_sightings
  EXCEPT
  SELECT kind, value_id, sensor_id FROM sightings WHERE session_day = :day
) AS missing
