SELECT place.country AS value, COUNT(*) AS sessions
FROM profiles AS p
CROSS JOIN session_profiles AS sp
CROSS JOIN session_facts AS s
JOIN address_places AS place ON place.address_id = s.src_ip_id
WHERE p.campaign = :campaign AND sp.profile = p.id AND s.session_ref = sp.session_ref AND place.country IS NOT NULL
GROUP BY place.country
ORDER BY sessions DESC, place.country
LIMIT :most
