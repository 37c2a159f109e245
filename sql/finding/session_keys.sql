-- The sessions that some digests of sensor and session id are of.
SELECT session_keys.digest, session_keys.id AS session_ref
FROM session_keys
JOIN session_facts AS s ON s.session_ref = session_keys.id
WHERE session_keys.digest IN :digests
