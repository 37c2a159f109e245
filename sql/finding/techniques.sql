-- The techniques that some sessions showed, by sessions.
SELECT technique.text AS value, COUNT(DISTINCT t.session_ref) AS number
FROM technique_facts AS t
JOIN technique_rules ON technique_rules.id = t.rule_number
JOIN texts AS technique ON technique.id = technique_rules.technique_id
WHERE t.session_ref IN :sessions
GROUP BY technique.text
ORDER BY number DESC, value
LIMIT :most
