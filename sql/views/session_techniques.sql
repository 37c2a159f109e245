SELECT
  sensors.name AS sensor,
  session_keys.session_id AS session_id,
  technique.text AS technique,
  rule.text AS rule,
  evidence.text AS evidence,
  utc(t.first_seen) AS first_seen,
  utc(t.last_seen) AS last_seen,
  technique_rules.attack_version AS attack_version
FROM technique_facts AS t
JOIN technique_rules ON technique_rules.id = t.rule_number
JOIN session_keys ON session_keys.id = t.session_ref
JOIN sensors ON sensors.id = session_keys.sensor_id
JOIN texts AS technique ON technique.id = technique_rules.technique_id
JOIN texts AS rule ON rule.id = technique_rules.rule_id
LEFT JOIN texts AS evidence ON evidence.id = t.evidence_id
