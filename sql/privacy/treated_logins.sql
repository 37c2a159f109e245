-- The logins of a day as they are treated; those of a session that are one then are counted together.
INSERT INTO treated_logins (session_ref, username_id, password_id, attempts, successes, first_seen, last_seen)
SELECT
  l.session_ref,
  COALESCE(username.new_id, l.username_id) AS username_id,
  COALESCE(password.new_id, l.password_id) AS password_id,
  SUM(l.attempts),
  SUM(l.successes),
  MIN(l.first_seen),
  MAX(l.last_seen)
FROM session_facts AS s
CROSS JOIN login_facts AS l
LEFT JOIN treated_texts AS username ON username.kind = :kind AND username.old_id = l.username_id
LEFT JOIN treated_texts AS password ON password.kind = :kind AND password.old_id = l.password_id
WHERE l.session_ref = s.session_ref AND s.session_day = :day
GROUP BY l.session_ref, COALESCE(username.new_id, l.username_id), COALESCE(password.new_id, l.password_id)
