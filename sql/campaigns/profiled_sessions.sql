-- The sessions that have a profile and began in a stretch of time, or are of a day now.
SELECT session_ref, profile, first_event_at
FROM session_profiles
WHERE first_event_at >= :start AND first_event_at < :end
UNION
SELECT p.session_ref, p.profile, p.first_event_at
FROM session_facts AS s
CROSS JOIN session_profiles AS p -- looked up by session_ref = s.session_ref
WHERE s.session_day = :day AND p.session_ref = s.session_ref
