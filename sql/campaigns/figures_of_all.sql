-- The figures of all campaigns, of all their sessions: read as sets, for where most of them changed.
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
FROM session_profiles AS sp
CROSS JOIN profiles AS p
CROSS JOIN session_facts AS s
LEFT JOIN addresses AS a ON a.ip_id = s.src_ip_id
WHERE p.campaign IS NOT NULL AND p.id = sp.profile AND s.session_ref = sp.session_ref
GROUP BY p.campaign
