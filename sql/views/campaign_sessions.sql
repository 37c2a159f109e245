SELECT
  p.campaign AS campaign_id,
  sensors.name AS sensor,
  session_keys.session_id AS session_id
FROM profiles AS p
JOIN session_profiles AS s ON s.profile = p.id
JOIN session_keys ON session_keys.id = s.session_ref
JOIN sensors ON sensors.id = session_keys.sensor_id
WHERE p.campaign IS NOT NULL
