-- With what the sessions of a day tried to log in.
SELECT
  s.session_day AS day,
  sensors.name AS sensor,
  session_keys.session_id AS session_id,
  username.text AS username,
  password.text AS password,
  l.attempts AS attempts,
  l.successes AS successes,
  l.first_seen AS first_seen,
  l.last_seen AS last_seen
FROM session_facts AS s
JOIN login_facts AS l -- looked up by session_ref = s.session_ref
  ON l.session_ref = s.session_ref
JOIN session_keys ON session_keys.id = s.session_ref
JOIN sensors ON sensors.id = s.sensor_id
LEFT JOIN texts AS username ON username.id = l.username_id
LEFT JOIN texts AS password ON password.id = l.password_id
WHERE s.session_day = :day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
ORDER BY s.first_event_at, s.session_ref, l.first_seen, l.username_id, l.password_id
