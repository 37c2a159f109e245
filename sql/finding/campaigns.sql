-- The campaigns that some sessions belong to, by sessions.
SELECT c.campaign AS value, c.name, COUNT(*) AS number
FROM session_profiles AS s
JOIN profiles ON profiles.id = s.profile
JOIN campaign_facts AS c ON c.campaign = profiles.campaign
WHERE s.session_ref IN :sessions
GROUP BY c.campaign, c.name
ORDER BY number DESC, value
LIMIT :most
