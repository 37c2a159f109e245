-- The days and sensors whose sightings do not follow by adding: a session stands there, or will, that goes to another day or sensor, or that loses
-- a value. `changed` has the rows that are wrong, `fresh` all as they should be.
SELECT changed.session_day, changed.sensor_id
FROM changed
LEFT JOIN fresh ON fresh.session_ref = changed.session_ref
WHERE fresh.session_ref IS NULL OR fresh.session_day <> changed.session_day OR fresh.sensor_id <> changed.sensor_id
  OR (changed.hassh_id IS NOT NULL AND (fresh.hassh_id IS NULL OR fresh.hassh_id <> changed.hassh_id))
  OR (changed.src_ip_id IS NOT NULL AND (fresh.src_ip_id IS NULL OR fresh.src_ip_id <> changed.src_ip_id))
UNION
SELECT fresh.session_day, fresh.sensor_id
FROM changed
JOIN fresh ON fresh.session_ref = changed.session_ref
WHERE fresh.session_day <> changed.session_day OR fresh.sensor_id <> changed.sensor_id
