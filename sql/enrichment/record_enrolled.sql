-- The state of a session day that a provider is going to be told of.
INSERT INTO enrolled_days (kind, provider_id, session_day, version)
SELECT :kind, :provider_id, d.session_day, d.version
FROM changed_days AS d
WHERE d.session_day = :day
ON CONFLICT (kind, provider_id, session_day) DO UPDATE SET version = excluded.version
