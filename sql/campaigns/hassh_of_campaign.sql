SELECT hassh.text AS value, COUNT(*) AS sessions
FROM profiles AS p
CROSS JOIN session_profiles AS sp
CROSS JOIN session_facts AS s
JOIN texts AS hassh ON hassh.id = s.hassh_id
WHERE p.campaign = :campaign AND sp.profile = p.id AND s.session_ref = sp.session_ref
GROUP BY hassh.text
ORDER BY sessions DESC, hassh.text
LIMIT :most
