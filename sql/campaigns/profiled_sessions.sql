-- The sessions that have a profile and began in a stretch of time.
SELECT session_ref, profile, first_event_at
FROM session_profiles
WHERE first_event_at >= :start AND first_event_at < :end
