SELECT
  sensors.name AS sensor,
  session_keys.session_id AS session_id,
  command.text AS command,
  normalized.text AS command_normalized,
  c.occurrences AS occurrences,
  utc(c.first_seen) AS first_seen,
  utc(c.last_seen) AS last_seen,
  CASE WHEN commands.risk_score >= 70 THEN 1 ELSE 0 END AS high_risk
FROM command_facts AS c
JOIN session_keys ON session_keys.id = c.session_ref
JOIN sensors ON sensors.id = session_keys.sensor_id
JOIN texts AS command ON command.id = c.command_id
LEFT JOIN commands ON commands.command_id = c.command_id
LEFT JOIN texts AS normalized ON normalized.id = commands.normalized_id
