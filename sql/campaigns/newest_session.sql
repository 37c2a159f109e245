SELECT MAX(first_event_at)
FROM session_profiles
