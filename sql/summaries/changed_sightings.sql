-- How the stored sightings of a day differ from the fresh ones, of the sensors that were worked out: `seen` is 0 for what is stored and wrong, 1 for
-- what is missing.
INSERT INTO changed_sightings (kind, value_id, sensor_id, seen)
SELECT kind, value_id, sensor_id, 0
FROM (
  SELECT kind, value_id, sensor_id
  FROM sightings
  WHERE session_day = :day AND sensor_id IN (SELECT sensor_id FROM sighted_sensors)
  EXCEPT
  SELECT kind, value_id, sensor_id FROM fresh_sightings
) AS wrong
UNION ALL
SELECT kind, value_id, sensor_id, 1
FROM (
  SELECT kind, value_id, sensor_id FROM fresh_sightings
  EXCEPT
  SELECT kind, value_id, sensor_id
  FROM sightings
  WHERE session_day = :day AND sensor_id IN (SELECT sensor_id FROM sighted_sensors)
) AS missing
