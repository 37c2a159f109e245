-- The newest sessions of a HASSH.
SELECT s.session_ref FROM session_facts AS s WHERE s.hassh_id = :value_id ORDER BY s.session_day DESC LIMIT :most
