-- The first sessions of some profiles: of each those that began first.
SELECT s.profile, sensors.name AS sensor, k.session_id, s.session_ref
FROM (
  SELECT profile, MIN(first_event_at) AS first_event_at
  FROM session_profiles
  WHERE profile IN :profiles
  GROUP BY profile
) AS f
JOIN session_profiles AS s ON s.profile = f.profile AND s.first_event_at = f.first_event_at
JOIN session_keys AS k ON k.id = s.session_ref
JOIN sensors ON sensors.id = k.sensor_id
