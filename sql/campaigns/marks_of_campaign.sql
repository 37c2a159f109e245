-- The marks of a campaign's sessions, what most have first.
SELECT m.kind, value.text AS value, COUNT(*) AS sessions
FROM profiles AS p
CROSS JOIN session_profiles AS s
CROSS JOIN profile_marks AS m
JOIN texts AS value ON value.id = m.value_id
WHERE p.campaign = :campaign AND s.profile = p.id AND m.profile = p.id AND m.kind <> 2
GROUP BY m.kind, value.text
ORDER BY sessions DESC, m.kind, value.text
LIMIT :most
