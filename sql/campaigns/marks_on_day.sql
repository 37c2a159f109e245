-- The marks of the sessions that have a profile and began in a stretch of time, with how many have each.
SELECT m.kind, m.value_id, COUNT(*) AS sessions
FROM session_profiles AS s
CROSS JOIN profile_marks AS m -- looked up by profile = s.profile
WHERE s.first_event_at >= :start AND s.first_event_at < :end AND m.profile = s.profile
GROUP BY m.kind, m.value_id
