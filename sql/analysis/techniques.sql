-- What the sessions of a day did, in techniques of ATT&CK, and the rules that say so.
SELECT
  s.session_day AS day,
  sensors.name AS sensor,
  session_keys.session_id AS session_id,
  technique.text AS technique,
  rule.text AS rule,
  evidence.text AS evidence,
  t.first_seen AS first_seen,
  t.last_seen AS last_seen,
  technique_rules.attack_version AS attack_version
FROM session_facts AS s
JOIN technique_facts AS t -- looked up by session_ref = s.session_ref
  ON t.session_ref = s.session_ref
JOIN technique_rules ON technique_rules.id = t.rule_number
JOIN session_keys ON session_keys.id = s.session_ref
JOIN sensors ON sensors.id = s.sensor_id
JOIN texts AS technique ON technique.id = technique_rules.technique_id
JOIN texts AS rule ON rule.id = technique_rules.rule_id
LEFT JOIN texts AS evidence ON evidence.id = t.evidence_id
WHERE s.session_day = :day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
ORDER BY s.first_event_at, s.session_ref, t.first_seen, t.rule_number
