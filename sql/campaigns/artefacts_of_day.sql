-- The artefacts that the commands of a day's sessions name, and the urls of their files.
SELECT c.session_ref, a.kind, a.value_id
FROM session_facts AS s
CROSS JOIN command_facts AS c -- looked up by session_ref = s.session_ref
CROSS JOIN artefact_facts AS a -- looked up by source_id = c.command_id
WHERE s.session_day = :day AND c.session_ref = s.session_ref AND a.source_id = c.command_id
UNION
SELECT f.session_ref, a.kind, a.value_id
FROM session_facts AS s
CROSS JOIN file_facts AS f -- looked up by session_ref = s.session_ref
CROSS JOIN artefact_facts AS a -- looked up by source_id = f.url_id
WHERE s.session_day = :day AND f.session_ref = s.session_ref AND a.source_id = f.url_id
