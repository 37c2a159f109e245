-- What the sessions of a day typed.
SELECT
  s.session_day AS day,
  sensors.name AS sensor,
  session_keys.session_id AS session_id,
  command.text AS command,
  normalized.text AS command_normalized,
  c.occurrences AS occurrences,
  c.first_seen AS first_seen,
  c.last_seen AS last_seen,
  commands.risk_score AS risk_score
FROM session_facts AS s
JOIN command_facts AS c -- looked up by session_ref = s.session_ref
  ON c.session_ref = s.session_ref
JOIN session_keys ON session_keys.id = s.session_ref
JOIN sensors ON sensors.id = s.sensor_id
JOIN texts AS command ON command.id = c.command_id
LEFT JOIN commands ON commands.command_id = c.command_id
LEFT JOIN texts AS normalized ON normalized.id = commands.normalized_id
WHERE s.session_day = :day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id) AND s.command_count > 0
ORDER BY s.first_event_at, s.session_ref, c.first_seen, c.command_id
