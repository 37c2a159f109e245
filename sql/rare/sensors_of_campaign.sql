-- The sensors that the sessions of a campaign in a window came to.
SELECT DISTINCT s.sensor_id
FROM profiles AS p
CROSS JOIN session_profiles AS sp -- looked up by profile = p.id AND first_event_at >= :start_us AND first_event_at < :end_us
CROSS JOIN session_facts AS s -- looked up by session_ref = sp.session_ref
WHERE p.campaign = :campaign AND sp.profile = p.id AND sp.first_event_at >= :start_us AND sp.first_event_at < :end_us
  AND s.session_ref = sp.session_ref
