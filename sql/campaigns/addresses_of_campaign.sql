SELECT ip.text AS value, COUNT(*) AS sessions
FROM profiles AS p
CROSS JOIN session_profiles AS sp
CROSS JOIN session_facts AS s
JOIN texts AS ip ON ip.id = s.src_ip_id
WHERE p.campaign = :campaign AND sp.profile = p.id AND s.session_ref = sp.session_ref
GROUP BY ip.text
ORDER BY sessions DESC, ip.text
LIMIT :most
