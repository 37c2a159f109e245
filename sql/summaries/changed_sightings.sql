-- How the stored sightings of a day differ from the fresh ones, of the sensors that were worked out: `seen` is 0 for what is stored and wrong, 1 for
-- what is missing. A treated day is remembered by the passwords and networks that a day which is not treated has as they were written.
INSERT INTO changed_sightings (kind, value_id, sensor_id, seen)
SELECT kind, value_id, sensor_id, 0
FROM (
  SELECT kind, value_id, sensor_id
  FROM sightings
  WHERE session_day = :day AND sensor_id IN (SELECT sensor_id FROM sighted_sensors)
  EXCEPT
  SELECT kind, value_id, sensor_id FROM fresh_sightings
) AS wrong
WHERE NOT EXISTS (
  SELECT 1
  FROM treated_days AS t
  JOIN sightings AS elsewhere ON elsewhere.session_day NOT IN (SELECT others.session_day FROM treated_days AS others WHERE others.kind = t.kind)
  WHERE
    t.session_day = :day
    AND wrong.kind = CASE t.kind WHEN 1 THEN {password_kind} WHEN 2 THEN {network_kind} END
    AND elsewhere.kind = wrong.kind AND elsewhere.value_id = wrong.value_id
)
UNION ALL
SELECT kind, value_id, sensor_id, 1
FROM (
  SELECT kind, value_id, sensor_id FROM fresh_sightings
  EXCEPT
  SELECT kind, value_id, sensor_id
  FROM sightings
  WHERE session_day = :day AND sensor_id IN (SELECT sensor_id FROM sighted_sensors)
) AS missing
