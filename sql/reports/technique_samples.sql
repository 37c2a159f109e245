-- The sessions that began at one of some moments, with the rules that they match.
SELECT s.first_event_at, sensors.name AS sensor, session_keys.session_id, t.rule_number
FROM session_facts AS s
JOIN technique_facts AS t -- looked up by session_ref = s.session_ref
  ON t.session_ref = s.session_ref
JOIN session_keys ON session_keys.id = s.session_ref
JOIN sensors ON sensors.id = s.sensor_id
WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
  AND s.first_event_at IN :moments
