-- The commands of the sessions of a window of session days, a row for each session and command; rows stream.
SELECT
  sensors.name AS sensor,
  session_keys.session_id,
  command.text AS command,
  normalized.text AS command_normalized,
  c.occurrences,
  c.first_seen,
  c.last_seen,
  COALESCE(commands.risk_score, 0) AS risk_score
FROM session_facts AS s
JOIN command_facts AS c ON c.session_ref = s.session_ref
JOIN session_keys ON session_keys.id = s.session_ref
JOIN sensors ON sensors.id = s.sensor_id
JOIN texts AS command ON command.id = c.command_id
LEFT JOIN commands ON commands.command_id = c.command_id
LEFT JOIN texts AS normalized ON normalized.id = commands.normalized_id
WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
ORDER BY s.session_day, s.sensor_id, s.session_ref, c.command_id
