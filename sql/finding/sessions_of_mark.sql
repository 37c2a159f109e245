-- Sessions that named a key, url, host, wallet or endpoint, or moved a file that names it: some of them.
SELECT s.session_ref
FROM profile_marks AS p
JOIN session_profiles AS s ON s.profile = p.profile
WHERE p.kind = :mark_kind AND p.value_id = :value_id
LIMIT :most
