-- The sessions of a profile that began at a moment.
SELECT s.session_ref, k.session_id, sensors.name AS sensor
FROM session_profiles AS s
JOIN session_keys AS k ON k.id = s.session_ref
JOIN sensors ON sensors.id = k.sensor_id
WHERE s.profile = :profile AND s.first_event_at = :first_event_at
