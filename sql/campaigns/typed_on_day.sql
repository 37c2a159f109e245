-- What the sessions of a day typed, one session after the other, and when each command came first and last.
SELECT c.session_ref, c.command_id, c.occurrences, c.first_seen, c.last_seen
FROM session_facts AS s
CROSS JOIN command_facts AS c -- looked up by session_ref = s.session_ref
WHERE s.session_day = :day AND s.command_count > 0 AND c.session_ref = s.session_ref
ORDER BY c.session_ref
