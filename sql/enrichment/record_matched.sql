-- The state of a session day whose addresses were matched, as it was before.
INSERT INTO enrolled_days (kind, provider_id, session_day, version)
VALUES (:kind, :provider_id, :day, :version)
ON CONFLICT (kind, provider_id, session_day) DO UPDATE SET version = excluded.version
