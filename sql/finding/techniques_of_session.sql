-- The techniques that a session showed, with the rules that say so, in the order in which it showed them.
SELECT
  technique.text AS technique,
  rule.text AS rule,
  evidence.text AS evidence,
  t.first_seen,
  t.last_seen,
  technique_rules.attack_version
FROM technique_facts AS t
JOIN technique_rules ON technique_rules.id = t.rule_number
JOIN texts AS technique ON technique.id = technique_rules.technique_id
JOIN texts AS rule ON rule.id = technique_rules.rule_id
LEFT JOIN texts AS evidence ON evidence.id = t.evidence_id
WHERE t.session_ref = :session_ref
ORDER BY t.first_seen, technique, rule
LIMIT :most
