-- As what the commands of a session day were read.
SELECT r.source_id, r.token, r.words
FROM (
  SELECT DISTINCT c.command_id
  FROM session_facts AS s
  CROSS JOIN command_facts AS c -- looked up by session_ref = s.session_ref
  WHERE s.session_day = :day AND s.command_count > 0 AND c.session_ref = s.session_ref
) AS d
CROSS JOIN artefact_sources AS r -- looked up by source_id = d.command_id
WHERE r.source_id = d.command_id
