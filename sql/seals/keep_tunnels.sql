INSERT INTO sealed_tunnels (session_ref, tunnel_target_id, requests)
SELECT e.session_ref, e.tunnel_target_id, COUNT(*)
FROM session_facts AS s
CROSS JOIN events AS e
WHERE e.session_ref = s.session_ref AND s.session_day = :day AND e.tunnel_target_id IS NOT NULL
GROUP BY e.session_ref, e.tunnel_target_id
