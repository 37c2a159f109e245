-- The campaigns whose sessions came from some addresses, with how many did.
SELECT s.src_ip_id AS value_id, p.campaign AS campaign_id, COUNT(*) AS sessions
FROM session_facts AS s
JOIN session_profiles AS sp ON sp.session_ref = s.session_ref
JOIN profiles AS p ON p.id = sp.profile
WHERE s.src_ip_id IN :ids AND p.campaign IS NOT NULL
GROUP BY s.src_ip_id, p.campaign
