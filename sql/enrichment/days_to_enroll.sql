-- The session days whose values a provider was not told of since they changed, the newest first.
SELECT d.session_day, d.version
FROM changed_days AS d
LEFT JOIN enrolled_days AS e ON e.kind = :kind AND e.provider_id = :provider_id AND e.session_day = d.session_day
WHERE e.version IS NULL OR e.version <> d.version
ORDER BY d.session_day DESC
