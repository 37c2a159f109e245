-- Sessions by campaign: of the period, which begins on `period_day`, and of the time before it. `first_seen` is when its first session of any sensor began.
SELECT
  c.campaign,
  c.name,
  c.first_seen,
  COUNT(*) FILTER (WHERE s.session_day >= :period_day) AS sessions,
  COUNT(*) FILTER (WHERE s.session_day < :period_day) AS sessions_before,
  COUNT(DISTINCT s.src_ip_id) FILTER (WHERE s.session_day >= :period_day) AS addresses,
  COUNT(DISTINCT a.network_id) FILTER (WHERE s.session_day >= :period_day) AS networks,
  COUNT(DISTINCT s.sensor_id) FILTER (WHERE s.session_day >= :period_day) AS sensors,
  MAX(s.last_event_at) AS last_seen
FROM session_facts AS s
CROSS JOIN session_profiles AS sp -- looked up by session_ref = s.session_ref
CROSS JOIN profiles AS p -- looked up by id = sp.profile
CROSS JOIN campaign_facts AS c -- looked up by campaign = p.campaign
LEFT JOIN addresses AS a ON a.ip_id = s.src_ip_id
WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
  AND sp.session_ref = s.session_ref AND p.id = sp.profile AND c.campaign = p.campaign
GROUP BY c.campaign, c.name, c.first_seen
