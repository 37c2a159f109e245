-- The techniques that the sessions of some days showed: of each, in how many, and the first of them.
SELECT technique.text AS technique, COUNT(DISTINCT t.session_ref) AS sessions, MIN(t.session_ref) AS session_ref
FROM session_facts AS s
JOIN technique_facts AS t -- looked up by session_ref = s.session_ref
  ON t.session_ref = s.session_ref
JOIN technique_rules ON technique_rules.id = t.rule_number
JOIN texts AS technique ON technique.id = technique_rules.technique_id
WHERE s.session_day >= :first_day AND s.session_day <= :last_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
GROUP BY technique.text
ORDER BY sessions DESC, technique.text
