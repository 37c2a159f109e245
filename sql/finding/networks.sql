-- The networks that some sessions came from, by sessions.
SELECT network.text AS value, COUNT(*) AS number
FROM session_facts AS s
JOIN addresses ON addresses.ip_id = s.src_ip_id
JOIN texts AS network ON network.id = addresses.network_id
WHERE s.session_ref IN :sessions
GROUP BY network.text
ORDER BY number DESC, value
LIMIT :most
