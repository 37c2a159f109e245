-- The artefacts that the commands of a day's sessions name, and the urls of their files.
SELECT a.source_id, a.kind, a.value_id
FROM (
  SELECT c.command_id AS source_id
  FROM session_facts AS s
  CROSS JOIN command_facts AS c -- looked up by session_ref = s.session_ref
  WHERE s.session_day = :day AND s.command_count > 0 AND c.session_ref = s.session_ref
  UNION
  SELECT f.url_id
  FROM session_facts AS s
  CROSS JOIN file_facts AS f -- looked up by session_ref = s.session_ref
  WHERE s.session_day = :day AND f.session_ref = s.session_ref
) AS d
CROSS JOIN artefact_facts AS a -- looked up by source_id = d.source_id
WHERE a.source_id = d.source_id
