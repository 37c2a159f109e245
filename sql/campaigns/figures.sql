-- The figures of some campaigns, of all their sessions.
SELECT
  p.campaign,
  COUNT(*) AS sessions,
  COUNT(DISTINCT s.src_ip_id) AS addresses,
  COUNT(DISTINCT a.network_id) AS networks,
  COUNT(DISTINCT s.sensor_id) AS sensors,
  COUNT(DISTINCT s.session_day) AS days,
  COUNT(DISTINCT p.id) AS profiles,
  MIN(s.first_event_at) AS first_seen,
  MAX(s.last_event_at) AS last_seen
FROM profiles AS p
CROSS JOIN session_profiles AS sp -- looked up by profile = p.id
CROSS JOIN session_facts AS s -- looked up by session_ref = sp.session_ref
LEFT JOIN addresses AS a -- looked up by ip_id = s.src_ip_id
  ON a.ip_id = s.src_ip_id
WHERE p.campaign IN :campaigns AND sp.profile = p.id AND s.session_ref = sp.session_ref
GROUP BY p.campaign
