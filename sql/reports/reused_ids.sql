-- Sessions whose events span a week and more, and that the period has the first or the last event of: their id came again.
-- The span stands as the index `session_facts_long` has it, which holds no other session.
SELECT
  s.session_ref,
  sensors.name AS sensor,
  session_keys.session_id,
  s.first_event_at,
  s.last_event_at
FROM session_facts AS s
JOIN session_keys ON session_keys.id = s.session_ref
JOIN sensors ON sensors.id = s.sensor_id
WHERE s.last_event_at - s.first_event_at >= 604800000000
  AND s.last_event_at >= :start_us
  AND s.first_event_at < :end_us
  AND (s.first_event_at >= :start_us OR s.last_event_at < :end_us)
  AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
