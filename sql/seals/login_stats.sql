SELECT sensors.name, session_keys.session_id, username.text, password.text, l.attempts, l.successes, l.first_seen, l.last_seen
FROM session_facts AS s
JOIN login_facts AS l ON l.session_ref = s.session_ref
JOIN session_keys ON session_keys.id = s.session_ref
JOIN sensors ON sensors.id = s.sensor_id
LEFT JOIN texts AS username ON username.id = l.username_id
LEFT JOIN texts AS password ON password.id = l.password_id
WHERE s.session_day = :day
ORDER BY
  sensors.name, session_keys.session_id,
  CASE WHEN username.text IS NULL THEN 0 ELSE 1 END, username.text,
  CASE WHEN password.text IS NULL THEN 0 ELSE 1 END, password.text
