-- The sequences of the sessions that have a profile and began in a stretch of time, with how many typed each.
SELECT p.sequence, COUNT(*) AS sessions
FROM session_profiles AS s
CROSS JOIN profiles AS p -- looked up by id = s.profile
WHERE s.first_event_at >= :start AND s.first_event_at < :end AND p.id = s.profile
GROUP BY p.sequence
