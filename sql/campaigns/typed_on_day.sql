-- What the sessions of a day typed, in the order of the first time; what came at the same moment goes by its form.
SELECT c.session_ref, r.token, c.occurrences, r.words
FROM session_facts AS s
CROSS JOIN command_facts AS c -- looked up by session_ref = s.session_ref
JOIN artefact_sources AS r ON r.source_id = c.command_id
WHERE s.session_day = :day AND c.session_ref = s.session_ref
ORDER BY c.session_ref, c.first_seen, c.last_seen, r.token
