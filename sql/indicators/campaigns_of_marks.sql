-- The campaigns whose sessions named some values of a kind, with how many did.
SELECT m.value_id AS value_id, p.campaign AS campaign_id, COUNT(*) AS sessions
FROM profile_marks AS m
JOIN profiles AS p ON p.id = m.profile
JOIN session_profiles AS sp ON sp.profile = p.id
WHERE m.kind = :kind AND m.value_id IN :ids AND p.campaign IS NOT NULL
GROUP BY m.value_id, p.campaign
