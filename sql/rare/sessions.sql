-- Some sessions, and what of them no day before a day saw: the client, the password that let it in, techniques.
SELECT
  s.session_ref, s.sensor_id, sensors.name AS sensor, k.session_id, s.first_event_at, ip.text AS src_ip,
  CASE
    WHEN s.hassh_id IS NULL THEN 0
    WHEN EXISTS (
      SELECT 1
      FROM sightings AS e
      WHERE e.kind = {hassh_kind} AND e.value_id = s.hassh_id AND e.sensor_id = 0 AND e.session_day + 0 < :start_day
      LIMIT 1 OFFSET 0
    ) THEN 0
    ELSE 1
  END AS new_hassh,
  CASE
    WHEN s.password_id IS NULL OR s.login_successes = 0 THEN 0
    WHEN EXISTS (
      SELECT 1
      FROM sightings AS e
      WHERE e.kind = {password_kind} AND e.value_id = s.password_id AND e.sensor_id = 0 AND e.session_day + 0 < :start_day
      LIMIT 1 OFFSET 0
    ) THEN 0
    ELSE 1
  END AS new_password,
  (
    SELECT COUNT(DISTINCT r.technique_id)
    FROM technique_facts AS t
    JOIN technique_rules AS r ON r.id = t.rule_number
    WHERE t.session_ref = s.session_ref AND NOT EXISTS (
      SELECT 1
      FROM sightings AS e
      WHERE e.kind = {technique_kind} AND e.value_id = r.technique_id AND e.sensor_id = 0 AND e.session_day + 0 < :start_day
      LIMIT 1 OFFSET 0
    )
  ) AS new_techniques
FROM session_facts AS s
JOIN session_keys AS k ON k.id = s.session_ref
JOIN sensors ON sensors.id = s.sensor_id
LEFT JOIN texts AS ip ON ip.id = s.src_ip_id
WHERE s.session_ref IN :sessions
