-- The commands of the period that hold, anywhere in them, the password that all sessions which typed them logged in with.
-- A command that was typed with another password too has its word by chance: it is no row.
WITH typed AS MATERIALIZED (
  SELECT c.command_id, MIN(s.password_id) AS password_id
  FROM session_facts AS s
  JOIN command_facts AS c -- looked up by session_ref = s.session_ref
    ON c.session_ref = s.session_ref
  WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
    AND s.command_count > 0
  GROUP BY c.command_id
  HAVING MIN(s.password_id) = MAX(s.password_id) AND COUNT(s.password_id) = COUNT(*)
)
SELECT typed.command_id, command.text AS command, typed.password_id, password.text AS password
FROM typed
JOIN texts AS command ON command.id = typed.command_id
JOIN texts AS password ON password.id = typed.password_id
WHERE password.text <> '' AND REPLACE(command.text, password.text, '') <> command.text
