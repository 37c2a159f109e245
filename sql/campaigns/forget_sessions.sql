DELETE FROM session_profiles
WHERE session_ref = :session_ref AND first_event_at = :first_event_at
