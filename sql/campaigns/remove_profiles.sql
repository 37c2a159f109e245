-- The profiles that no session has any more.
DELETE FROM profiles
WHERE NOT EXISTS (SELECT 1 FROM session_profiles AS s WHERE s.profile = profiles.id)
