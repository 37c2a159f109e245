-- The commands of a session day that were not read, or were read by other rules, with their normal form.
WITH typing AS MATERIALIZED (
  SELECT session_ref
  FROM session_facts
  WHERE session_day = :day AND command_count > 0
)
SELECT m.command_id, m.signature, typed.text AS command, form.text AS form
FROM (
  SELECT DISTINCT c.command_id
  FROM typing AS s
  CROSS JOIN command_facts AS c -- looked up by session_ref = s.session_ref
  WHERE c.session_ref = s.session_ref
) AS d
LEFT JOIN artefact_sources AS r -- looked up by source_id = d.command_id
  ON r.source_id = d.command_id
CROSS JOIN commands AS m -- looked up by command_id = d.command_id
CROSS JOIN texts AS typed -- looked up by id = m.command_id
CROSS JOIN texts AS form -- looked up by id = m.normalized_id
WHERE (r.source_id IS NULL OR r.version <> :version OR r.token IS NULL)
  AND m.command_id = d.command_id AND typed.id = m.command_id AND form.id = m.normalized_id
