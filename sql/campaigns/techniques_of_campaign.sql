SELECT technique.text AS value, COUNT(DISTINCT t.session_ref) AS sessions
FROM profiles AS p
CROSS JOIN session_profiles AS sp
CROSS JOIN technique_facts AS t -- looked up by session_ref = sp.session_ref
JOIN technique_rules AS r ON r.id = t.rule_number
JOIN texts AS technique ON technique.id = r.technique_id
WHERE p.campaign = :campaign AND sp.profile = p.id AND t.session_ref = sp.session_ref
GROUP BY technique.text
ORDER BY sessions DESC, technique.text
LIMIT :most
