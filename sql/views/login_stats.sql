SELECT
  sensors.name AS sensor,
  session_keys.session_id AS session_id,
  username.text AS username,
  password.text AS password,
  l.attempts AS attempts,
  l.successes AS successes,
  utc(l.first_seen) AS first_seen,
  utc(l.last_seen) AS last_seen
FROM login_facts AS l
JOIN session_keys ON session_keys.id = l.session_ref
JOIN sensors ON sensors.id = session_keys.sensor_id
LEFT JOIN texts AS username ON username.id = l.username_id
LEFT JOIN texts AS password ON password.id = l.password_id
