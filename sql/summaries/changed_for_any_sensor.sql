-- What the changes of `settled_sightings` on a day come to for any sensor together: seen where one sensor has the value, and no more where none has.
INSERT INTO changed_sightings (kind, value_id, sensor_id, seen)
SELECT kind, value_id, 0, by_one
FROM (
  SELECT
    touched.kind,
    touched.value_id,
    CASE WHEN EXISTS (
      SELECT 1
      FROM sightings AS one
      WHERE one.session_day = :day AND one.kind = touched.kind AND one.value_id = touched.value_id AND one.sensor_id <> 0
    ) THEN 1 ELSE 0 END AS by_one,
    CASE WHEN EXISTS (
      SELECT 1
      FROM sightings AS together
      WHERE together.session_day = :day AND together.kind = touched.kind AND together.value_id = touched.value_id AND together.sensor_id = 0
    ) THEN 1 ELSE 0 END AS by_any
  FROM (SELECT DISTINCT kind, value_id FROM settled_sightings WHERE session_day = :day) AS touched
) AS compared
WHERE by_one <> by_any
