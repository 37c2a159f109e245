-- Sessions of a campaign: some of them.
SELECT s.session_ref
FROM profiles AS p
JOIN session_profiles AS s ON s.profile = p.id
WHERE p.campaign = :campaign
LIMIT :most
