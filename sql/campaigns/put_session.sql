INSERT INTO session_profiles (session_ref, profile, first_event_at)
VALUES (:session_ref, :profile, :first_event_at)
ON CONFLICT (session_ref) DO UPDATE SET profile = excluded.profile, first_event_at = excluded.first_event_at
