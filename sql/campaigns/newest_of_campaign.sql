SELECT s.session_ref
FROM profiles AS p
CROSS JOIN session_profiles AS s
WHERE p.campaign = :campaign AND s.profile = p.id
ORDER BY s.first_event_at DESC, s.session_ref
LIMIT 1
